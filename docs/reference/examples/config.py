import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from treadle import (
    Config,
    ConfigMapping,
    EnvVar,
    PermissiveConfig,
    RunConfig,
    config_mapping,
    graph,
    job,
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

# Dagster's older form of a schema.
from treadle import (  # noqa: E402
    Array,
    BoolSource,
    Enum,
    EnumValue,
    Field,
    IntSource,
    Map,
    Noneable,
    Permissive,
    Selector,
    Shape,
    StringSource,
    config_from_files,
    config_from_pkg_resources,
    config_from_yaml_strings,
    configured,
)

SCHEMA = {
    "days": Field(Array(str), default_value=["monday"]),
    "colour": Field(Enum("Colour", [EnumValue("red"), EnumValue("blue")]), default_value="red"),
    "limits": Field(Map(str, int), is_required=False),
    "note": Field(Noneable(str), default_value=None),
    "store": Field(Selector({"file": str, "memory": Shape({"size": int})}), is_required=False),
    "more": Field(Permissive({}), is_required=False),
    "user": Field(StringSource, default_value="ada"),
    "port": Field(IntSource, default_value=80),
    "quiet": Field(BoolSource, default_value=True),
}


@asset(config_schema=SCHEMA)
def told(context):
    return context.op_config["days"], context.op_config["colour"]


run_config = {"ops": {"told": {"config": {"colour": "blue"}}}}
assert materialize([told], run_config=run_config).asset_value("told") == (["monday"], "blue")

assert config_from_yaml_strings(["ops: {told: {config: {colour: blue}}}"]) == run_config

with TemporaryDirectory() as folder:
    package = Path(folder, "shop_settings")
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "run.yaml").write_text("ops: {told: {config: {colour: blue}}}")
    assert config_from_files([package / "*.yaml"]) == run_config
    sys.path.append(folder)
    assert config_from_pkg_resources([("shop_settings", "run.yaml")]) == run_config
    sys.path.remove(folder)


@op(config_schema={"day": str})
def shown(context):
    return context.op_config["day"]


@configured(shown, config_schema=int)
def shown_number(number):
    return {"day": f"day {number}"}


@job
def showing():
    shown_number()


found = showing.execute_in_process({"ops": {"shown_number": {"config": 3}}})
assert found.output_for_node("shown_number") == "day 3"
