"""Every argument of the authoring API given what it is not: taken, or refused at the user's line."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import treadle
from treadle import (
    AssetDep,
    AssetIn,
    AssetKey,
    AssetOut,
    AssetsDefinition,
    AssetSpec,
    DefinitionError,
    Definitions,
    GraphIn,
    GraphOut,
    In,
    Limits,
    Out,
    RetryPolicy,
    asset,
    define_asset_job,
    graph,
    graph_asset,
    graph_multi_asset,
    multi_asset,
    op,
)

WRONG = (
    5, -1, float("nan"), True, None, "x", "x y!", b"x", (), [1], ["x"], [[]], {"x"}, {"x": 5},
    {5: 5}, {"a": 1}, {"a": int}, {"a": None}, {"a": AssetOut}, int, AssetOut, object(),
)  # fmt: skip


@op
def one() -> int:
    return 1


@op
def use(x: int) -> int:
    return x


@graph
def whole(x: int) -> int:
    return use(x)


def body() -> int:
    return 1


def wiring() -> object:
    return one()


def wirings() -> object:
    return {"a": one()}


#: Each callable with what it needs at least, and how it is called: a decorator also over a function.
CALLED: dict[str, tuple[Any, dict[str, Any], Callable[..., object] | None]] = {
    "asset": (asset, {}, body),
    "op": (op, {}, body),
    "multi_asset": (multi_asset, {"outs": {"a": AssetOut()}}, body),
    "graph": (graph, {}, wiring),
    "graph_asset": (graph_asset, {}, wiring),
    "graph_multi_asset": (graph_multi_asset, {"outs": {"a": AssetOut()}}, wirings),
    "from_graph": (AssetsDefinition.from_graph, {"graph_def": whole}, None),
    "from_op": (AssetsDefinition.from_op, {"op_def": use}, None),
    "define_asset_job": (define_asset_job, {"name": "j"}, None),
    "Definitions": (Definitions, {}, None),
    "AssetDep": (AssetDep, {"asset": "a"}, None),
    "AssetIn": (AssetIn, {}, None),
    "AssetKey": (AssetKey, {"path": "a"}, None),
    "AssetOut": (AssetOut, {}, None),
    "AssetSpec": (AssetSpec, {"key": "a"}, None),
    "GraphIn": (GraphIn, {}, None),
    "GraphOut": (GraphOut, {}, None),
    "In": (In, {}, None),
    "Limits": (Limits, {}, None),
    "Out": (Out, {}, None),
    "RetryPolicy": (RetryPolicy, {}, None),
}
#: Public, and no part of what a module defines: what a body uses, or what is derived from.
NO_DEFINITIONS = {
    "AssetExecutionContext", "AssetsDefinition", "Backoff", "Failure", "GraphDefinition",
    "IOManager", "InputContext", "Jitter", "MaterializeResult", "MetadataValue", "Nothing", "OpDefinition",
    "OpExecutionContext", "Output", "OutputContext", "Resource", "ResourceParam",
    "RetryRequested", "build_op_context",
}  # fmt: skip


@pytest.mark.parametrize("name", CALLED)
def test_whatever_is_given_is_taken_or_refused_at_its_line(name: str) -> None:
    called, needed, decorated = CALLED[name]
    parameters = [each for each in inspect.signature(called).parameters if each[-3:] != "_fn"]
    refusals = [
        refusal
        for parameter in parameters
        for value in WRONG
        if (refusal := refusal_of(called, {**needed, parameter: value}, decorated)) is not None
    ]

    lines, first = inspect.getsourcelines(refusal_of)
    here = range(first, first + len(lines))
    assert [r for r in refusals if r.source.file != __file__ or r.source.line not in here] == []
    assert len(refusals) > len(parameters), "hardly anything is refused"


def refusal_of(
    called: Any, arguments: dict[str, Any], decorated: Callable[..., object] | None
) -> DefinitionError | None:
    """Return what a call is refused with. What else it raises is a fault."""
    try:
        made = called(**arguments)
        if decorated is not None:
            made(decorated)
    except DefinitionError as error:
        return error
    return None


def test_no_way_to_define_is_left_out() -> None:
    """A name that is added to the API is added above."""
    errors = {
        name
        for name in treadle.__all__
        if isinstance(found := getattr(treadle, name), type) and issubclass(found, BaseException)
    }

    later = treadle.LATER.keys() - CALLED.keys()
    assert set(treadle.__all__) - later - errors - NO_DEFINITIONS == CALLED.keys() - {
        "from_graph",
        "from_op",
    }
