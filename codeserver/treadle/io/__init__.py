"""Values stored and loaded: IO managers and the file store."""
