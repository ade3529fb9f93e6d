"""Code locations: what modules define, joined into one snapshot with its digest."""
