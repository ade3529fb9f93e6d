"""Assets: what an op or a graph makes, as the decorators say it."""
