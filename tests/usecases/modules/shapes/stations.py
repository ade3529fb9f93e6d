"""Readings of stations: a graph whose jobs differ in what they talk to and in what their runs say, with a message when an op fails."""

import os
from contextlib import contextmanager
from pathlib import Path

from dagster import (
    AssetMaterialization,
    Config,
    Failure,
    IOManager,
    Out,
    RunConfig,
    config_mapping,
    failure_hook,
    graph,
    io_manager,
    op,
    resource,
)

SCRATCH = Path(os.environ["TREADLE_TEST_SCRATCH"])


@resource(config_schema={"host": str})
@contextmanager
def station_api(context):
    yield {"host": context.resource_config["host"], "readings": [3, 1, 2]}


@resource
def telegraph(_):
    return (SCRATCH / "told.txt").write_text


class ByType(IOManager):
    def _path(self, context):
        return SCRATCH / ("-".join(context.get_identifier()[1:]) + ".txt")

    def handle_output(self, context, obj):
        if context.dagster_type.typing_type is not type(None):
            self._path(context).write_text(",".join(map(str, obj)))

    def load_input(self, context):
        made = self._path(context.upstream_output).read_text().split(",")
        return (
            [int(each) for each in made] if context.dagster_type.typing_type == list[int] else made
        )


@io_manager
def texts(_):
    return ByType()


@failure_hook(required_resource_keys={"telegraph"})
def telling(context):
    context.resources.telegraph(f"{context.op.name}: {context.op_exception}")


class Limits(Config):
    most: int


@op(required_resource_keys={"api"}, out=Out(list[int], io_manager_key="texts"))
def readings(context):
    context.log.warning(f"{context.op.name} of {context.resources.api['host']}")
    return context.resources.api["readings"]


@op
def summary(context, config: Limits, values: list[int]):
    if max(values) > config.most:
        raise Failure(f"{max(values)} is above {config.most}")
    context.log_event(AssetMaterialization("stations/summary", metadata={"most": max(values)}))


@graph
def stations():
    summary(values=readings.alias("fetched")())


class Simple(Config):
    most: int = 5


@config_mapping
def simple(config: Simple) -> RunConfig:
    return RunConfig(ops={"summary": Limits(most=config.most)})


common = {"telegraph": telegraph, "texts": texts}
trial = stations.to_job(
    name="stations_trial",
    resource_defs={**common, "api": station_api.configured({"host": "trial"})},
    config={"ops": {"summary": {"config": {"most": 5}}}},
)
nightly = stations.to_job(
    name="stations_nightly",
    resource_defs={**common, "api": station_api.configured({"host": "real"})},
    config=simple,
    hooks={telling},
)
