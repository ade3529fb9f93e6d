"""A run tells the ops of a graph-backed asset, each below its own name."""

from treadle import Config, graph_asset, op


class Page(Config):
    size: int


class Trim(Config):
    longest: int = 4


@op
def read_page(config: Page) -> list[str]:
    return [f"row {number}" for number in range(config.size)]


@op
def trimmed(rows: list[str], config: Trim) -> list[str]:
    return [row[-config.longest :] for row in rows]


@graph_asset
def page_rows():
    return trimmed(read_page())
