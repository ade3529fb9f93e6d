"""What an asset is made from, and what is made from it, so many levels far."""

from treadle import asset


@asset
def level_one():
    return 1


@asset
def level_two(level_one):
    return level_one + 1


@asset
def level_three(level_two):
    return level_two + 1


@asset
def level_four(level_three):
    return level_three + 1
