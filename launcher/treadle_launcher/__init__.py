"""The launcher: plans, drives runs, and records what they made. Never imports user code."""
