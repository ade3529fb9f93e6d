"""Ops that take config in each way there is; their assets say what they were told."""

from pydantic import Field as Bounded
from pydantic import SecretStr

import treadle


class Day(treadle.Config):
    day: str
    count: int = Bounded(default=3, ge=1)


class Login(treadle.Config):
    user: str = "me"
    password: SecretStr = treadle.EnvVar("TREADLE_TEST_PASSWORD")


@treadle.op
def fetch(config: Day) -> str:
    return f"{config.day} x {config.count}"


@treadle.op(config_schema={"suffix": treadle.Field(str, default_value="!")})
def finish(context, text: str) -> str:
    return text + context.op_config["suffix"]


@treadle.graph_asset
def open_graph():
    return finish(fetch())


@treadle.graph_asset(config={"fetch": {"config": {"day": "every day"}}})
def with_defaults():
    return finish(fetch())


@treadle.config_mapping
def only_the_day(outer: Day) -> treadle.RunConfig:
    return treadle.RunConfig(
        ops={
            "fetch": Day(day=outer.day, count=outer.count * 2),
            "finish": {"config": {"suffix": "?"}},
        }
    )


@treadle.graph_asset(config=only_the_day)
def mapped():
    return finish(fetch())


@treadle.asset
def login(config: Login) -> int:
    return len(config.password.get_secret_value())


@treadle.asset
def free(config: dict) -> dict:
    return config


@treadle.asset
def none() -> str:
    return "told nothing"


defs = treadle.Definitions(
    assets=[open_graph, with_defaults, mapped, login, free, none],
    jobs=[
        treadle.define_asset_job(
            "monday",
            "open_graph or none",
            config=treadle.RunConfig(ops={"open_graph": {"ops": {"fetch": Day(day="monday")}}}),
        )
    ],
)
