from treadle import (
    Config,
    ConfigMapping,
    EnvVar,
    PermissiveConfig,
    RunConfig,
    config_mapping,
    graph,
    op,
)
from treadle import materialize, asset


class Day(Config):
    day: str
    limit: int = 10


class Anything(PermissiveConfig):
    day: str = "today"


@asset
def orders(config: Day):
    return f"{config.day}, {config.limit}"


run_config = RunConfig(ops={"orders": Day(day="monday")})
assert materialize([orders], run_config=run_config).asset_value("orders") == "monday, 10"
assert Anything(more=1).more == 1
assert EnvVar("DAY") == EnvVar("DAY")


@op
def load(config: Day):
    return config.day


@config_mapping
def one_day(config: Day) -> dict:
    return {"load": {"config": {"day": config.day, "limit": config.limit}}}


assert isinstance(one_day, ConfigMapping)


@graph(config=one_day)
def loading():
    return load()


result = loading.execute_in_process(run_config={"ops": {"loading": {"config": {"day": "friday"}}}})
assert result.output_value() == "friday"
