"""What digested.py reaches into."""

FACTOR = 2


def scaled(value):
    return value * FACTOR
