"""An asset says what it may be told in a class; a run tells it."""

from treadle import Config, asset


class Greeting(Config):
    who: str
    times: int = 1


@asset
def greeting(config: Greeting) -> str:
    return " ".join([f"hello {config.who}"] * config.times)
