"""Loading: the user's modules imported, and what their import left looked at."""
