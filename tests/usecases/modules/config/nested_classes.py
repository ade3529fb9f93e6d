"""Config classes hold others, lists and maps of them, and choices that a field tells apart."""

from typing import Literal

from pydantic import Field as Described

from treadle import Config, asset


class Csv(Config):
    kind: Literal["csv"] = "csv"
    separator: str = ","


class Fixed(Config):
    kind: Literal["fixed"] = "fixed"
    widths: list[int]


class Source(Config):
    path: str
    format: Csv | Fixed = Described(discriminator="kind")


class Sources(Config):
    sources: list[Source]
    labels: dict[str, str] = Described(default_factory=dict)


@asset
def source_list(config: Sources) -> list[str]:
    return [f"{each.path} {each.format.kind}" for each in config.sources] + sorted(config.labels)
