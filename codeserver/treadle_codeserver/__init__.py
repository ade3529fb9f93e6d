"""The code server: serves one code location from memory; user code runs in its loader only."""
