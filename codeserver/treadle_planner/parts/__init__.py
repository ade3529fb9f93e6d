"""The part of a snapshot that a run of less than a whole job is planned on."""
