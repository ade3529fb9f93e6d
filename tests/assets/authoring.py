"""What a module may say besides wiring: managers, resources, orderings, what is left out, facts."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

from treadle import (
    AssetIn,
    AssetMaterialization,
    AssetObservation,
    AssetOut,
    AssetSpec,
    Definitions,
    ExpectationResult,
    In,
    IOManager,
    MetadataValue,
    Nothing,
    Out,
    Output,
    Resource,
    ResourceParam,
    asset,
    define_asset_job,
    graph_asset,
    graph_multi_asset,
    op,
)

SCRATCH = Path(os.environ.get("TREADLE_TEST_SCRATCH", "."))


class JsonFiles(IOManager):
    """Keeps each value as text below a folder, and says in which process it did."""

    def path(self, context):
        return SCRATCH.joinpath(*context.get_identifier()).with_suffix(".json")

    def handle_output(self, context, obj):
        path = self.path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"value": obj, "pid": os.getpid()}))
        context.add_output_metadata({"stored_by": os.getpid()})

    def load_input(self, context):
        return json.loads(self.path(context.upstream_output).read_text())["value"]


class Rates(Resource):
    """A resource by its class."""

    def __init__(self, euro):
        self.euro = euro


@asset(io_manager_key="json")
def prices():
    return {"bread": 3.0}


@asset(ins={"elsewhere": AssetIn(input_manager_key="json")})
def bread(prices, elsewhere):
    return prices["bread"] + elsewhere


@asset
def in_euro(bread, rates: Rates, currency: ResourceParam[str]):
    return f"{bread * rates.euro} {currency}"


@op(out=Out(Nothing))
def clean():
    SCRATCH.joinpath("cleaned").touch()


@op(ins={"after": In(Nothing)})
def look():
    return SCRATCH.joinpath("cleaned").exists()


@graph_asset
def after_cleaning():
    return look(after=clean())


@op(out={"one": Out(is_required=False), "two": Out(is_required=False)})
def maybe():
    yield Output(1, output_name="one")


@op
def passed(value):
    return value


@op
def gathered(values):
    return values


@graph_multi_asset(
    outs={"there": AssetOut(), "not_there": AssetOut(is_required=False), "listed": AssetOut()}
)
def optional():
    one, two = maybe()
    first = passed.alias("first")(one)
    second = passed.alias("second")(two)
    return {"there": first, "not_there": second, "listed": gathered([first, second, one])}


MOMENT = datetime.datetime(2013, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


@asset
def facts(context):
    context.log_event(AssetObservation("raw", "as it is", {"at": MOMENT, "rows": 3}))
    context.log_event(AssetMaterialization("side", metadata={"file": MetadataValue.path("f")}))
    context.log_event(ExpectationResult(False, "no gaps", "two lack"))
    return Output(
        0,
        metadata={
            "count": 2**53 + 1,
            "share": 0.5,
            "right": True,
            "none": None,
            "name": "plain",
            "moment": MOMENT,
            "list": [1, "two", [3.5]],
            "map": {"a": {"b": 1}},
            "link": MetadataValue.url("https://example.org/"),
            "file": MetadataValue.path("some/file"),
            "text": MetadataValue.md("*bold*"),
            "document": MetadataValue.json({"x": [None, 1]}),
        },
    )


defs = Definitions(
    assets=[
        prices,
        bread,
        in_euro,
        after_cleaning,
        optional,
        facts,
        AssetSpec("elsewhere"),
    ],
    jobs=[define_asset_job("nightly", selection="bread+", tags={"team": "shop"})],
    resources={"json": JsonFiles(), "rates": Rates(0.5), "currency": "EUR"},
)
