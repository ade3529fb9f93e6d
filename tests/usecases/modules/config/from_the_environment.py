"""A value of the config is read from the environment where the step runs."""

from treadle import Config, asset


class Account(Config):
    name: str
    region: str = "north"


@asset
def account_line(config: Account) -> str:
    return f"{config.name} in {config.region}"
