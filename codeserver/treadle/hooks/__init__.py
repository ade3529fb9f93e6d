"""Hooks: functions of the user's that run when a step has succeeded, or has failed for good."""
