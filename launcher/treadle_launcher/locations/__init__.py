"""Code locations: which there are, how each stands, and the connection to each."""
