"""Types at the boundaries of ops: what a value must be, how it is looked at, what is said of one that is not."""
