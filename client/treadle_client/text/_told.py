"""How messages read as text: what `str()` gives, of those that people meet in a sentence or a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from treadle_client._messages import (
    Graph,
    ModuleReport,
    Plan,
    PlannedInputRef,
    PlannedSource,
    Reexecution,
    ReexecutionKind,
    Selection,
    Source,
    SourceLocation,
)
from treadle_client.text._graph_tables import graph_page
from treadle_client.text._plan_tables import plan_page
from treadle_client.text._table import render_text


def _selection(it: Selection) -> str:
    if it.expressions:
        return " or ".join(it.expressions)
    ops = f", {', '.join(it.op_selection)} alone" if it.op_selection else ""
    return f"job {it.job}{ops}" if it.job else "every asset"


def _reexecution(it: Reexecution) -> str:
    what = {
        ReexecutionKind.FROM_FAILURE: "from what failed",
        ReexecutionKind.STEPS: f"of {', '.join(it.step_expressions)}",
        ReexecutionKind.ALL: "of every step",
    }.get(it.kind, f"({it.kind})")
    changed = ", and of what changed" if it.rerun_changed else ""
    same = ", with the same code" if it.same_code else ""
    return f"{what}{changed} in run {it.parent_run_id}{same}"


def _source_location(it: SourceLocation) -> str:
    return f"{it.file}:{it.line}" if it.line else it.file


def _module_report(it: ModuleReport) -> str:
    where = f" ({it.source})" if it.source else ""
    problem = f"\n{it.problem}".rstrip() if it.problem else ""
    return f"{it.target}: {it.state}{where}{problem}"


def _source(it: Source) -> str:
    return it.asset_key or f"{it.step_key}:{it.output}"


def _planned_source(it: PlannedSource) -> str:
    return f"load {it.load}" if it.load else f"{it.step_key}:{it.output}"


def _planned_input_ref(it: PlannedInputRef) -> str:
    return f"{it.step_key}.{it.input}" if it.input else it.step_key


def _graph(it: Graph) -> str:
    return render_text(graph_page(it))


def _plan(it: Plan) -> str:
    return render_text(plan_page(it))


#: By class. Any: each takes what it stands beside.
TELLERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "Graph": _graph,
    "ModuleReport": _module_report,
    "Plan": _plan,
    "PlannedInputRef": _planned_input_ref,
    "PlannedSource": _planned_source,
    "Reexecution": _reexecution,
    "Selection": _selection,
    "Source": _source,
    "SourceLocation": _source_location,
}
