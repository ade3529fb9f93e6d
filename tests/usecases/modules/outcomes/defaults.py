"""Arguments with defaults need no input."""

from treadle import graph_asset, op


@op
def bowl(size: int = 3) -> list[int]:
    return [0] * size


@op
def filled(bowl: list[int], with_value: int = 7) -> list[int]:
    return [with_value for _ in bowl]


@graph_asset
def full_bowl():
    return filled(bowl())
