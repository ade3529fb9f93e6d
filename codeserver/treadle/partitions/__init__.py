"""What users say of partitions: which there are, which of another asset's they need, how many a run makes."""
