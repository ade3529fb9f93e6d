"""Hosts: starting them, talking to them, keeping some of them warm."""
