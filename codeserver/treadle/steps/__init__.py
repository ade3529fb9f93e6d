"""Running a step: its inputs loaded, its op called, its outputs checked."""
