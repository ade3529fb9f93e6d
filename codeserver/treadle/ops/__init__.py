"""Ops: functions with their inputs, outputs and resources."""
