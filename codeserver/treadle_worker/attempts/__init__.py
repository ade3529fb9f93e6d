"""Attempts as their host sees them: started, followed, ended, explained."""
