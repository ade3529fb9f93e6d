"""Version 1 of the contract. Read the .proto files: they are its manual."""
