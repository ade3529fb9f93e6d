"""Checks of assets: what they are, who evaluates them, what waits for them."""
