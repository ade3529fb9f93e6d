"""Config: what a run may say to ops, its types, and how it is laid over what definitions say."""
