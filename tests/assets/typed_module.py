"""A user's module with each thing that decorators make, as the guides show it: type checkers must accept it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

from pydantic import Field

from treadle import (
    AssetExecutionContext,
    AssetIn,
    AssetKey,
    AssetOut,
    AssetsDefinition,
    AssetSelection,
    AssetSpec,
    Config,
    ConfigurableIOManager,
    ConfigurableResource,
    Definitions,
    EnvVar,
    ExecuteInProcessResult,
    GraphDefinition,
    In,
    InputContext,
    MaterializeResult,
    Nothing,
    OpDefinition,
    OpExecutionContext,
    Out,
    Output,
    OutputContext,
    ResourceParam,
    RetryPolicy,
    RunConfig,
    asset,
    config_mapping,
    define_asset_job,
    graph,
    graph_asset,
    graph_multi_asset,
    materialize,
    multi_asset,
    op,
)


class Fetch(Config):
    day: str
    pages: int = Field(default=3, ge=1)


class Database(ConfigurableResource):
    url: str
    timeout: float = 5.0

    def rows(self, table: str) -> list[dict[str, int]]:
        return [{"n": len(table)}]


class Texts(ConfigurableIOManager):
    folder: str = "texts"

    def handle_output(self, context: OutputContext, obj: str) -> None:
        context.add_output_metadata({"length": len(obj)})

    def load_input(self, context: InputContext) -> str:
        return context.asset_key.to_user_string()


@op
def fetch(config: Fetch, database: Database) -> list[dict[str, int]]:
    return database.rows(config.day) * config.pages


@op(retry_policy=RetryPolicy(max_retries=2), tags={"size": "big"})
def total(context: OpExecutionContext, rows: list[dict[str, int]]) -> Output[int]:
    context.log.info("%d rows", len(rows))
    return Output(sum(row["n"] for row in rows), metadata={"rows": len(rows)})


@op(out={"even": Out(is_required=False), "odd": Out(is_required=False)})
def split(numbers: int) -> Iterator[Output[int]]:
    yield Output(numbers, "even" if numbers % 2 == 0 else "odd")


@op(ins={"after": In(Nothing)}, out=Out(Nothing))
def notify() -> None:
    print("done")


@graph
def revenue_of_a_day() -> Any:
    return total(fetch())


@graph_asset(group_name="sales", retry_policy=RetryPolicy(max_retries=1))
def revenue() -> Any:
    return total(fetch())


@graph_multi_asset(outs={"even": AssetOut(), "odd": AssetOut()}, can_subset=True)
def halves(revenue: Any) -> dict[str, Any]:
    even, odd = split(revenue)
    return {"even": even, "odd": odd}


@config_mapping
def by_day(outer: Fetch) -> RunConfig:
    return RunConfig(ops={"fetch": Fetch(day=outer.day, pages=1)})


@graph_asset(config=by_day, key_prefix=["daily"])
def mapped() -> Any:
    return total(fetch())


@asset(
    ins={"revenue": AssetIn(key="revenue")},
    deps=["outside"],
    io_manager_key="texts",
    kinds={"text"},
)
def report(context: AssetExecutionContext, revenue: int, greeting: ResourceParam[str]) -> str:
    return f"{greeting}: {revenue} in {context.run_id}"


@multi_asset(specs=[AssetSpec("pulled"), AssetSpec("indexed", deps=["pulled"])])
def pull() -> Iterator[MaterializeResult]:
    yield MaterializeResult(asset_key="pulled", metadata={"rows": 1})
    yield MaterializeResult(asset_key="indexed")


outside = AssetSpec("outside")
weekly = AssetsDefinition.from_graph(
    revenue_of_a_day, keys_by_output_name={"result": AssetKey(["weekly", "revenue"])}
)

defs = Definitions(
    assets=[revenue, halves, mapped, report, pull, outside, weekly],
    resources={
        "database": Database(url=EnvVar("DATABASE")),
        "texts": Texts(folder="out"),
        "greeting": "hello",
    },
    jobs=[
        define_asset_job(
            "daily",
            selection=AssetSelection.assets("revenue").downstream()
            - AssetSelection.groups("default"),
            config=RunConfig(
                ops={"revenue": {"ops": {"fetch": Fetch(day="monday")}}},
                resources={"database": Database(url="other")},
            ),
            tags={"by": "night"},
        )
    ],
)


def check_the_report() -> None:
    result = materialize(
        [revenue, report, outside],
        resources={"database": Database(url="x"), "texts": Texts(), "greeting": "hi"},
        run_config=RunConfig(ops={"revenue": {"ops": {"fetch": Fetch(day="monday")}}}),
        raise_on_error=False,
    )
    assert_type(result, ExecuteInProcessResult)
    assert result.success
    assert_type(fetch, OpDefinition)
    assert_type(revenue, AssetsDefinition)
    assert_type(report, AssetsDefinition)
    assert_type(halves, AssetsDefinition)
    assert_type(revenue_of_a_day, GraphDefinition)
    assert fetch.alias("again") is not None
