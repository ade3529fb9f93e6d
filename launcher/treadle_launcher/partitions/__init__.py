"""Partitions of assets: which there are now, and what became of each."""
