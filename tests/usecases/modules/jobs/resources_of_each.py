"""One graph, run by two jobs that write to different places: each brings what its ops talk to."""

import os
from pathlib import Path

from treadle import (
    ConfigurableResource,
    Definitions,
    IOManager,
    asset,
    fs_io_manager,
    graph,
    io_manager,
    op,
    resource,
)


class Stockroom(ConfigurableResource):
    name: str
    rows: int = 1


class Noted(IOManager):
    """Keeps texts in files that are named after the place."""

    def __init__(self, place):
        self.folder = Path(os.environ["TREADLE_TEST_SCRATCH"])
        self.place = place

    def _file(self, context):
        return self.folder / f"{self.place}-{context.step_key.rpartition('.')[2]}.txt"

    def handle_output(self, context, obj):
        self._file(context).write_text(str(obj))

    def load_input(self, context):
        return self._file(context.upstream_output).read_text()


@io_manager(config_schema={"place": str}, required_resource_keys={"suffix"})
def noted(context):
    return Noted(context.resource_config["place"] + context.resources.suffix)


@resource(config_schema={"rate": float})
def exchange(context):
    return context.resource_config["rate"]


@op(required_resource_keys={"exchange"})
def amount(context, stockroom: Stockroom) -> str:
    return f"{stockroom.rows * context.resources.exchange} of {stockroom.name}"


@op
def report(context, amount):
    context.log.warning(f"{amount}, reported")


@graph
def totals():
    report(amount())


@asset
def stock(stockroom: Stockroom) -> str:
    return stockroom.name


staging = totals.to_job(
    name="staging_totals",
    resource_defs={
        "stockroom": Stockroom(name="staging"),
        "exchange": exchange.configured({"rate": 1.5}),
        "io_manager": noted.configured({"place": "staging"}),
        "suffix": "-a",
    },
)
production = totals.to_job(
    name="production_totals",
    resource_defs={
        "stockroom": Stockroom.configure_at_launch(name="production"),
        "exchange": exchange,
        "io_manager": fs_io_manager,
    },
    config={"resources": {"exchange": {"config": {"rate": 2.0}}}},
)

defs = Definitions(
    assets=[stock],
    jobs=[staging, production],
    resources={"stockroom": Stockroom(name="for all")},
)
