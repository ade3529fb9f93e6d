"""A graph-backed asset fixes the config of its ops; a run lays its own over it."""

from treadle import Config, graph_asset, op


class Rate(Config):
    percent: int
    rounded: bool = True


@op
def price(config: Rate) -> float:
    told = 200 * config.percent / 100
    return round(told) if config.rounded else told


@graph_asset(config={"price": {"config": {"percent": 10}}})
def reduced_price():
    return price()
