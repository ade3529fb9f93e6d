"""How runs, assets and events read on a terminal, as lines and as JSON."""
