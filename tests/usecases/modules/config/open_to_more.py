"""A permissive class takes what it does not name."""

from treadle import PermissiveConfig, asset


class Labels(PermissiveConfig):
    owner: str


@asset
def label_count(config: Labels) -> int:
    more = {name: value for name, value in config.model_dump().items() if name != "owner"}
    return len(more)
