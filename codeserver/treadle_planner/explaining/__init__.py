"""Why each op of a location is in the plan of a selection, or not."""
