"""What the store keeps of partitions: keys of dynamic definitions, what became of each, backfills."""
