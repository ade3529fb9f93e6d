"""Tables that another tool makes: declared sources, an op that runs the tool and says what it made, assets behind it."""

import json
import subprocess
import sys

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    AssetSpec,
    ConfigurableResource,
    Definitions,
    MaterializeResult,
    ResourceParam,
    asset,
    graph_asset,
    multi_asset,
    op,
)

SOURCES = [AssetSpec(["crm", name], group_name="sources") for name in ("people", "visits")]
MODELS = {
    "stg_people": {"deps": [["crm", "people"]], "rows": 3},
    "stg_visits": {"deps": [["crm", "visits"]], "rows": 5},
    "visits_per_person": {"deps": [["models", "stg_people"], ["models", "stg_visits"]], "rows": 3},
}


class Tool(ConfigurableResource):
    profile: str = "dev"

    def build(self) -> list[dict]:
        said = json.dumps([{"model": name, "rows": each["rows"]} for name, each in MODELS.items()])
        done = subprocess.run(
            [sys.executable, "-c", f"print({said!r})"], capture_output=True, check=True, text=True
        )
        return json.loads(done.stdout)


def _key(name: str) -> AssetKey:
    return AssetKey(["models", name])


@multi_asset(
    specs=[
        AssetSpec(_key(name), deps=[AssetKey(dep) for dep in each["deps"]], kinds={"sql"})
        for name, each in MODELS.items()
    ],
    check_specs=[AssetCheckSpec("not_empty", asset=_key(name)) for name in MODELS],
    name="tool_models",
)
def tool_models(context, tool: Tool):
    for made in tool.build():
        yield MaterializeResult(
            asset_key=_key(made["model"]),
            metadata={"rows": made["rows"], "profile": tool.profile},
            check_results=[
                AssetCheckResult(
                    asset_key=_key(made["model"]),
                    check_name="not_empty",
                    passed=made["rows"] > 0,
                )
            ],
        )


@op
def query_visits(connection: ResourceParam[dict]) -> list[int]:
    return connection["visits_per_person"]


@op
def visit_report(visits: list[int]) -> str:
    return f"{sum(visits)} visits of {len(visits)} people"


@graph_asset(group_name="reports")
def visits_report():
    return visit_report(query_visits())


@asset(deps=[_key("visits_per_person")], group_name="reports")
def export_done() -> None:
    """Written elsewhere."""


defs = Definitions(
    assets=[*SOURCES, tool_models, visits_report, export_done],
    resources={"tool": Tool(), "connection": {"visits_per_person": [2, 2, 1]}},
)
