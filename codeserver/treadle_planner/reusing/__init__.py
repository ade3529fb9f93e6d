"""Which steps of a first run are taken from earlier runs, because they are unchanged."""
