"""A course project: prices of a file in a bucket, the highest of them put into a cache, with config for two environments."""

from datetime import datetime

from dagster import (
    AssetsDefinition,
    Definitions,
    In,
    Out,
    ResourceDefinition,
    String,
    graph,
    op,
    resource,
)
from pydantic import BaseModel


class Stock(BaseModel):
    date: datetime
    close: float
    high: float

    @classmethod
    def from_list(cls, row: list) -> "Stock":
        return cls(
            date=datetime.strptime(row[0], "%Y/%m/%d"), close=float(row[1]), high=float(row[2])
        )


class Aggregation(BaseModel):
    date: datetime
    high: float


class Bucket:
    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def get_data(self, key: str) -> list:
        return [["2022/01/03", "7", "9.5"], ["2022/01/04", "8", "12.25"], ["2022/01/05", "6", "8"]]


class Cache:
    def __init__(self) -> None:
        self.data: dict = {}

    def put_data(self, name: str, value: str) -> None:
        self.data[name] = value


@resource(config_schema={"bucket": String})
def s3_resource(context):
    return Bucket(context.resource_config["bucket"])


cache_resource = ResourceDefinition.hardcoded_resource(Cache())


@op(
    config_schema={"s3_key": String},
    required_resource_keys={"s3"},
    out={"stocks": Out(dagster_type=list, description="All prices")},
    tags={"kind": "s3"},
)
def get_s3_data(context):
    return [
        Stock.from_list(row) for row in context.resources.s3.get_data(context.op_config["s3_key"])
    ]


@op(ins={"stocks": In(dagster_type=list)}, out={"aggregation": Out(dagster_type=Aggregation)})
def process_data(stocks):
    best = max(stocks, key=lambda each: each.high)
    return Aggregation(date=best.date, high=best.high)


@op(
    ins={"aggregation": In(dagster_type=Aggregation)},
    required_resource_keys={"cache"},
    out=Out(String),
    tags={"kind": "cache"},
)
def put_cache_data(context, aggregation):
    context.resources.cache.put_data(str(aggregation.date), str(aggregation.high))
    return ",".join(context.resources.cache.data.values())


@graph
def highest_price():
    return put_cache_data(process_data(get_s3_data()))


highest_price_asset = AssetsDefinition.from_graph(highest_price)

defs = Definitions(
    assets=[highest_price_asset],
    resources={"s3": s3_resource, "cache": cache_resource},
)
