"""What from_other_modules.py gathers."""

from treadle import asset


@asset
def apples():
    return 3


@asset
def apple_sauce(apples):
    return f"{apples} cups"
