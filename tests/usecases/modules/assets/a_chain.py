"""Assets depend on each other by the names of their arguments."""

from treadle import asset


@asset
def raw_points():
    return [3, 1, 2]


@asset
def sorted_points(raw_points):
    return sorted(raw_points)


@asset
def best_point(sorted_points):
    return sorted_points[-1]
