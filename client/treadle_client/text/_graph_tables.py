"""How a graph reads on a page: assets and what makes them, steps and what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treadle_client.text._partition_words import definition_words, upstream_words
from treadle_client.text._table import Page, Table

if TYPE_CHECKING:
    from treadle_client._messages import Asset, AssetCheck, Graph, Step, StepInput, StepOutput


def graph_page(graph: Graph) -> Page:
    """Lay a graph out: a heading, the assets, the steps, the jobs, what the load warned of."""
    location = graph.location
    heading = (
        f"Location {location.name}: {location.state}, Python {location.python_version},"
        f" digest {location.digest[:12]}"
    )
    page: list[str | Table] = [
        heading,
        "",
        "Assets",
        _assets_table(graph.assets),
        "",
        "Steps",
        _steps_table(graph.steps),
    ]
    if graph.checks:
        page += ["", "Checks", _checks_table(graph.checks)]
    if graph.partitions:
        page += ["", "Partitions", _partitions_table(graph)]
    if graph.jobs:
        rows = tuple((job.name, job.selection, job.description or "-") for job in graph.jobs)
        page += ["", "Jobs", Table(columns=("job", "selection", "description"), rows=rows)]
    page += ["", *(f"warning: {text}" for text in location.warnings)] if location.warnings else []
    return tuple(page)


def _assets_table(assets: tuple[Asset, ...]) -> Table:
    return Table(
        columns=("asset", "made by", "upstream", "group"),
        rows=tuple(
            (asset.key, _maker(asset), ", ".join(asset.upstream_keys) or "-", asset.group)
            for asset in assets
        ),
    )


def _partitions_table(graph: Graph) -> Table:
    said = {each.id: definition_words(each) for each in graph.partitions}
    return Table(
        columns=("asset", "partitions", "needs"),
        rows=tuple(
            (
                asset.key,
                said.get(asset.partitions, "-"),
                upstream_words(asset) or "-",
            )
            for asset in graph.assets
            if asset.partitions or asset.upstream_mappings
        ),
    )


def _checks_table(checks: tuple[AssetCheck, ...]) -> Table:
    return Table(
        columns=("check", "by step", "blocking", "description"),
        rows=tuple(
            (
                f"{check.asset_key}:{check.name}",
                f"{check.step_key}:{check.output}",
                "yes" if check.blocking else "no",
                check.description or "-",
            )
            for check in checks
        ),
    )


def _maker(asset: Asset) -> str:
    if asset.conflict:
        return "another location (conflict)"
    if asset.observed_by:
        return f"external, observed by {asset.observed_by}"
    return f"{asset.step_key}:{asset.output}" if asset.block else "external"


def _steps_table(steps: tuple[Step, ...]) -> Table:
    return Table(
        columns=("step", "op", "reads", "yields"),
        rows=tuple(
            (
                step.key,
                step.op,
                ", ".join(map(_read, step.inputs)) or "-",
                ", ".join(map(_yield, step.outputs)) or "-",
            )
            for step in steps
        ),
    )


def _read(argument: StepInput) -> str:
    sources = ", ".join(map(str, argument.sources)) or "default"
    if argument.nothing:
        return f"after {sources}"
    return f"{argument.name}=[{sources}]" if argument.fan_in else f"{argument.name}={sources}"


def _yield(output: StepOutput) -> str:
    optional = "" if output.is_required else "?"
    made = f" -> {', '.join(output.asset_keys)}" if output.asset_keys else ""
    made = f" checks {output.check}" if output.check else made
    return f"{output.name}{optional}{made}"
