"""Which partitions a run makes and reads."""
