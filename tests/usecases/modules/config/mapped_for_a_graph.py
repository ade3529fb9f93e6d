"""A graph has a config of its own, which a function turns into that of its ops."""

from treadle import Config, RunConfig, config_mapping, graph_asset, op


class Bounds(Config):
    low: int
    high: int


class Span(Config):
    width: int


@op
def numbers(config: Span) -> list[int]:
    return list(range(config.width))


@op
def moved(values: list[int], config: Bounds) -> list[int]:
    return [value + config.low for value in values]


@config_mapping
def from_bounds(told: Bounds) -> RunConfig:
    return RunConfig(ops={"numbers": Span(width=told.high - told.low), "moved": told})


@graph_asset(config=from_bounds)
def number_range():
    return moved(numbers())


@config_mapping(config_schema={"width": int})
def from_width(told) -> dict:
    return {"numbers": {"config": {"width": told["width"]}}, "moved": Bounds(low=1, high=2)}


@graph_asset(config=from_width)
def wide_range():
    return moved(numbers())
