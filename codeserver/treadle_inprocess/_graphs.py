"""A graph run in this process by itself, with the inputs that it is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey
from treadle._names import checked_tags
from treadle._source import user_line
from treadle.assets._asset_ins_outs import AssetIn, AssetOut
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import make_block
from treadle.assets._block_options import block_options
from treadle.graphs._graph import GraphDefinition
from treadle.io._io_manager import InputContext, IOManager, OutputContext
from treadle.locations._definitions import Definitions
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlanOptions, Selection
from treadle_inprocess._home import MemoryHome
from treadle_inprocess._request import Request, below, config_of, run
from treadle_inprocess._result import ExecuteInProcessResult
from treadle_inprocess._values import ObjectStore

#: The resource that has what a graph is given, and the prefix of its inputs' keys.
_GIVEN: Final = "inputs_of_the_graph"


class _Given(IOManager):
    """Has the inputs of a graph."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store nothing: no output names it."""

    def load_input(self, context: InputContext) -> Any:
        """Return what was given."""
        return self._values[context.asset_key.path[-1]]


def execute_graph(  # noqa: PLR0913 -- Dagster's parameters
    graph: GraphDefinition,
    *,
    run_config: Any,
    resources: Mapping[str, Any] | None,
    input_values: Mapping[str, Any] | None,
    tags: Mapping[str, str] | None,
    raise_on_error: bool,
) -> ExecuteInProcessResult:
    """Run all of a graph; values stay in memory, as they are.

    Raises:
        DefinitionError: it returns nothing, or an argument is wrong.
        PlanRefused: the config is wrong.
        BaseException: what the first step that failed raised, if `raise_on_error`.
    """
    owner = f"execute_in_process of {graph.name!r}"
    given = dict(input_values or {})
    _check_inputs(graph, given, owner)
    if not graph.outs:
        raise ArgumentError(
            f"{owner}: the graph returns nothing.",
            fix="Return an output of it, or call its ops directly.",
            source=user_line(),
        )
    options = PlanOptions(config=below(graph.name, config_of(run_config, owner)))
    request = Request(
        definitions=_definitions(graph, given, resources),
        selection=Selection(),
        options=options,
        tags=checked_tags(tags or {}, owner=owner),
        root=graph.name,
    )
    return run(request, MemoryHome(ObjectStore()), raise_on_error=raise_on_error)


def _check_inputs(graph: GraphDefinition, given: Collection[str], owner: str) -> None:
    for name in given:
        if name not in graph.ins:
            raise ArgumentError(
                f"{owner}: input_values names {name!r}, which is no input of it."
                f"{did_you_mean(name, graph.ins)}",
                fix=f"Its inputs are {listed(graph.ins)}.",
                source=user_line(),
            )
    lacking = [name for name in graph.ins if name not in given and graph.needs(name)]
    if lacking:
        raise ArgumentError(
            f"{owner}: nothing is given for its input {listed(lacking)}.",
            fix=f"Give input_values={{{lacking[0]!r}: …}}.",
            source=user_line(),
        )


def _definitions(
    graph: GraphDefinition, given: Mapping[str, Any], resources: Mapping[str, Any] | None
) -> Definitions:
    """Return the graph as a block, its inputs as assets from outside.

    It is without inputs that nothing is given for: their readers have defaults.
    """
    keys = {name: AssetKey([_GIVEN, name]) for name in graph.ins if name in given}
    options = block_options(
        {"ins": {name: AssetIn(key, input_manager_key=_GIVEN) for name, key in keys.items()}},
        owner=f"graph {graph.name!r}",
        node_name=graph.name,
        outs={name: AssetOut(key=AssetKey([graph.name, name])) for name in graph.outs},
        description="",
    )
    node = replace(graph, ins={name: graph.ins[name] for name in keys})
    block = make_block(node, options, graph.source)
    known = {**(resources or {}), **({_GIVEN: _Given(given)} if given else {})}
    return Definitions(assets=[block, *map(AssetSpec, keys.values())], resources=known)
