"""Backfills: which partitions are made by which runs, and the one who launches those, a few at once."""
