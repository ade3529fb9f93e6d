"""The config of a run in a plan: where it stands, what it must be, which step is told what."""
