"""Graphs in graphs, one of them used twice under two names."""

from treadle import graph, graph_asset, op


@op
def base_length():
    return 2


@op
def grown(length):
    return length + 1


@graph
def grown_twice(length):
    return grown.alias("second")(grown.alias("first")(length))


@op
def both_lengths_text(left, right):
    return f"{left}-{right}"


@graph_asset
def lengths_text():
    begin = base_length()
    return both_lengths_text(
        grown_twice.alias("left")(begin), grown_twice.alias("right")(grown_twice(begin))
    )
