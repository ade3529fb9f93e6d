"""A job tells its assets, and a run of it may tell them otherwise."""

from treadle import Config, Definitions, RunConfig, asset, define_asset_job


class Window(Config):
    days: int
    end: str = "today"


@asset
def window_text(config: Window) -> str:
    return f"{config.days} days to {config.end}"


@asset
def window_length(window_text: str) -> int:
    return len(window_text)


defs = Definitions(
    assets=[window_text, window_length],
    jobs=[
        define_asset_job(
            "weekly",
            selection="window_text",
            config=RunConfig(ops={"window_text": Window(days=7)}),
        )
    ],
)
