"""Text for people: tables, sizes, moments, and messages as sentences."""
