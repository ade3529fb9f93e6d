"""Stored values: where they lie, whether they are there, which may go."""
