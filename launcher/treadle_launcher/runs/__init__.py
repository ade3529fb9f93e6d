"""Runs: events and the state that they fold into; what follows is decided here. Pure."""
