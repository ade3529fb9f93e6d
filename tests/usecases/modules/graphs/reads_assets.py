"""A graph-backed asset reads an asset and is read by one."""

from treadle import asset, graph_asset, op


@op
def plus_one(number):
    return number + 1


@op
def times_two(number):
    return number * 2


@asset
def first_number():
    return 1


@graph_asset
def middle_number(first_number):
    return times_two(plus_one(first_number))


@asset
def last_number(middle_number):
    return middle_number + 7
