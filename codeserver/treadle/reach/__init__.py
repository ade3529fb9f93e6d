"""What code an op reaches: the definitions of the user's that its outcome may rest on, by content."""
