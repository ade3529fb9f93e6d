"""The home: its folder, format, lock, checks and upgrades."""
