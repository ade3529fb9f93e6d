"""A warehouse is loaded in windows: a graph makes a table of facts and the record of how far it came, in order."""

from typing import Any, Dict, Optional

from dagster import (
    AssetIn,
    AssetKey,
    AssetOut,
    Definitions,
    In,
    Nothing,
    Out,
    asset,
    graph_multi_asset,
    op,
    resource,
)

READINGS = [{"at": at, "value": at * 10} for at in range(1, 8)]


class Warehouse:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def last_loaded(self, name: str) -> int:
        return {"readings": 3}.get(name, 0)


@resource(config_schema={"dsn": str})
def warehouse_db(init_context):
    yield Warehouse(init_context.resource_config["dsn"])


@asset(key_prefix="plant")
def transformations() -> None:
    """What runs before, and hands nothing on."""


@op(ins={"deps": In(Nothing)}, required_resource_keys={"warehouse_db"}, out=Out(int))
def window_start(context) -> int:
    return context.resources.warehouse_db.last_loaded("readings")


@op(out={"rows": Out(list), "newest": Out(Optional[int])})
def load_window(context, start: int):
    rows = [row for row in READINGS if row["at"] > start]
    context.log.info(f"{len(rows)} readings after {start}")
    return rows, max((row["at"] for row in rows), default=None)


@op
def join_devices(rows: list) -> list:
    return [{**row, "device": f"d{row['at'] % 2}"} for row in rows]


@op(required_resource_keys={"warehouse_db"})
def advance_watermark(context, newest: Optional[int], rows: list) -> Dict[str, Any]:
    return {"at": newest, "rows": len(rows), "db": context.resources.warehouse_db.dsn}


@graph_multi_asset(
    outs={
        "fact_readings": AssetOut(key=AssetKey(["plant", "fact_readings"])),
        "ingestion_control": AssetOut(key=AssetKey(["plant", "ingestion_control"])),
    },
    ins={
        "transformations": AssetIn(key=AssetKey(["plant", "transformations"]), dagster_type=Nothing)
    },
    group_name="plant",
)
def plant_load(transformations):
    rows, newest = load_window(window_start(transformations))
    facts = join_devices(rows)
    return {"fact_readings": facts, "ingestion_control": advance_watermark(newest, facts)}


defs = Definitions(
    assets=[transformations, plant_load],
    resources={"warehouse_db": warehouse_db.configured({"dsn": "sqlite://plant"})},
)
