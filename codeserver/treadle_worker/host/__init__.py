"""The host: holds the code, its launcher's link and its journal."""
