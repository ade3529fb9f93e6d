"""Config reaches an op through the graphs that it is in."""

from treadle import Config, graph, graph_asset, op


class Factor(Config):
    by: int


@op
def seed_number() -> int:
    return 7


@op
def scaled(value: int, config: Factor) -> int:
    return value * config.by


@graph
def twice_scaled(value):
    return scaled.alias("again")(scaled(value))


@graph_asset
def deep_scaled():
    return twice_scaled(seed_number())
