"""The store: the event log of a home and what the log names, in SQLite. See store.store."""
