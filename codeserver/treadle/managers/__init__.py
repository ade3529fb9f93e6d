"""IO managers that come with Treadle: files, memory, tables."""
