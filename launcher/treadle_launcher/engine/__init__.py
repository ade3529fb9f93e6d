"""The engine: the one owner of every run that is not over."""
