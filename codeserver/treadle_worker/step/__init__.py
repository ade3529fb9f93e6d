"""The step process: one attempt of one step."""
