"""The six ways to make a block take one list of options, each honoured, or refused with a reason.

An option that one way takes, each other one takes, or refuses with what to write instead. One that is
taken changes something: what is defined with it is not what is defined without it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import treadle
from treadle import (
    ArgumentError,
    AssetCheckSpec,
    AssetIn,
    AssetOut,
    AssetsDefinition,
    AssetSpec,
    Config,
    DefinitionError,
    Definitions,
    GraphOut,
    IOManager,
    Limits,
    Out,
    RetryPolicy,
    graph,
    op,
    success_hook,
)
from treadle._meaningless import MEANINGLESS, meaningless
from treadle.assets._block_options import UNSUPPORTED
from treadle.locations.canonical import dumps, to_json

WAYS: dict[str, Callable[..., Any]] = {
    "asset": treadle.asset,
    "multi_asset": treadle.multi_asset,
    "graph_asset": treadle.graph_asset,
    "graph_multi_asset": treadle.graph_multi_asset,
    "from_graph": AssetsDefinition.from_graph,
    "from_op": AssetsDefinition.from_op,
}
#: What the function, the graph or the op is called by, and what belongs to outputs one by one.
NODES = {"compute_fn", "compose_fn", "graph_def", "op_def"}
OF_FROM = {
    "keys_by_input_name",
    "keys_by_output_name",
    "group_names_by_output_name",
    "descriptions_by_output_name",
    "metadata_by_output_name",
    "tags_by_output_name",
    "owners_by_output_name",
    "code_versions_by_output_name",
    "hook_defs",
}
OPTIONS = {
    name: set(inspect.signature(way).parameters) - NODES - {*UNSUPPORTED}
    for name, way in WAYS.items()
}


class Manager(IOManager):
    def handle_output(self, context: Any, obj: Any) -> None: ...

    def load_input(self, context: Any) -> Any: ...


class Settings(Config):
    n: int = 1


@success_hook
def told(context: Any) -> None: ...


@op
def one(x: Any) -> int:
    return 1


@op(out={"a": Out(), "b": Out()})
def pair(x: Any, y: Any) -> tuple[int, int]:
    return 1, 2


@op
def settled(x: Any, config: Settings) -> Any:
    return config.n


@op
def start() -> int:
    return 1


@graph
def line(x):
    return settled(x)


@graph(out={"a": GraphOut(), "b": GraphOut()})
def both(x, y):
    a, b = pair(x, y)
    return {"a": a, "b": b}


#: Each option with a value that says something. Where the ways differ: by the way.
VALUES: dict[str, Any] = {
    "name": "other",
    "key": "p/q",
    "key_prefix": "deep",
    "group_name": "g",
    "owners": ["me@example.org"],
    "tags": {"tier": "gold"},
    "kinds": {"csv"},
    "description": "Said.",
    "metadata": {"rows": 3},
    "code_version": "7",
    "deps": ["far"],
    "ins": {"x": AssetIn(key="near")},
    "internal_asset_deps": {"a": {"x"}, "b": {"y"}},
    "io_manager_key": "mine",
    "io_manager_def": Manager(),
    "retry_policy": RetryPolicy(max_retries=2),
    "op_tags": {"team": "x"},
    "timeout": 5.0,
    "limits": Limits(open_files=64),
    "keep_versions": 9,
    "partitions_def": treadle.StaticPartitionsDefinition(["eu"]),
    "backfill_policy": treadle.BackfillPolicy(3),
    "partition_mappings": {"x": treadle.AllPartitionMapping()},
    "hooks": {told},
    "hook_defs": {told},
    "resource_defs": {"db": treadle.ResourceDefinition.hardcoded_resource(1)},
    "required_resource_keys": {"mine"},
    "config": {"settled": {"config": {"n": 5}}},
    "config_schema": {"n": int},
    "can_subset": True,
    "output_required": False,
    "dagster_type": int,
    "unselected_outputs": "discard",
    "siblings": "run",
    "isolation": "asset",
    "reuse": "unchanged",
    "specs": [AssetSpec("s")],
    "outs": {"a": AssetOut(key="other"), "b": AssetOut()},
    "keys_by_input_name": {"x": "near"},
    "keys_by_output_name": {"result": "other"},
    "group_names_by_output_name": {"result": "g"},
    "descriptions_by_output_name": {"result": "Said."},
    "metadata_by_output_name": {"result": {"rows": 3}},
    "tags_by_output_name": {"result": {"tier": "gold"}},
    "owners_by_output_name": {"result": ["me@example.org"]},
    "code_versions_by_output_name": {"result": "7"},
    "check_specs": [AssetCheckSpec("ok", asset="up")],
}
SEVERAL = {"multi_asset", "graph_multi_asset"}
#: What only a block of two outputs may be told.
OF_TWO = {"can_subset", "internal_asset_deps"}
#: Tried with graphs whose outputs give results of checks: tests/unit/treadle/checks.
OF_CHECKS = {"check_specs"}
PAIRS = [(way, name) for way, names in OPTIONS.items() for name in sorted(names - OF_CHECKS)]


def made(way: str, given: dict[str, Any], *, several: bool) -> AssetsDefinition:
    """Make a block of two assets, a and b, or of one."""
    if way == "from_graph":
        return AssetsDefinition.from_graph(both if several else line, **given)
    if way == "from_op":
        return AssetsDefinition.from_op(pair if several else one, **given)
    if several and "specs" not in given:
        given = {"outs": {"a": AssetOut(), "b": AssetOut()}, **given}

    def up(x):
        return settled(x) if way == "graph_asset" else 1

    def ups(x, y):
        return pair(x, y) if way == "graph_multi_asset" else (1, 2)

    def ups_settled(x, y):
        return {"a": settled(x), "b": one(y)}

    if several:
        return WAYS[way](**given)(ups_settled if "config" in given else ups)
    return WAYS[way](**given)(up)


def told_by(block: AssetsDefinition) -> str:
    """Return all that is known of a block: its snapshot, and what its steps are given."""
    keys = ("x", "y", "far", "near", "deep/x", "deep/y", "p/x")
    resources = {"mine": Manager(), "db": 1}
    given = block.options.resource_defs
    built = Definitions(
        assets=[block, *map(AssetSpec, keys)],
        resources={key: value for key, value in resources.items() if key not in given},
    ).built
    code = {
        node: (
            each.code.hooks,
            [(out.dagster_type, out.metadata) for out in each.code.outs.values()],
        )
        for node, each in built.code.items()
    }
    resources_told = sorted(resources.keys() | built.resources.keys())
    configs = [each.code.config for each in built.code.values()]
    return f"{dumps(to_json(built.snapshot))} {code} {resources_told} {block.options.siblings} {configs}"


@pytest.mark.parametrize(("way", "name"), PAIRS)
def test_an_option_that_is_taken_changes_what_is_defined(way: str, name: str) -> None:
    several = way in SEVERAL or (name in OF_TWO and way != "graph_asset")
    value = VALUES[name]
    if name == "internal_asset_deps" and not several:
        value = {"result": set()}
    if name.endswith("_by_output_name") and several:
        value = {"a": value["result"]}
    beside: dict[str, Any] = {}
    if way == "graph_multi_asset" and name == "config":
        beside = {"config": {}}

    without = told_by(made(way, beside, several=several))

    try:
        with_it = told_by(made(way, {name: value}, several=several))
    except DefinitionError as refused:
        pytest.fail(f"{way}({name}=…) is refused: {refused}")
    assert with_it != without


@pytest.mark.parametrize("way", WAYS)
def test_each_way_takes_what_another_takes_or_refuses_it_with_what_to_write(way: str) -> None:
    every = set[str]().union(*OPTIONS.values()) - OF_FROM
    for name in sorted(every - OPTIONS[way]):
        said = meaningless(way, name)
        assert said, f"{way} neither takes {name} nor says why not"
        with pytest.raises(ArgumentError) as caught:
            WAYS[way](**{name: VALUES[name]})
        assert f"{way}() takes no argument {name!r}" in str(caught.value)
        assert said in str(caught.value)


def test_no_reason_is_left_for_what_is_taken() -> None:
    for way, reasons in MEANINGLESS.items():
        assert OPTIONS[way].isdisjoint(reasons), way


def test_an_option_of_a_graph_is_for_all_its_ops_but_those_that_say_otherwise() -> None:
    @op(retry_policy=RetryPolicy(max_retries=7))
    def stubborn(x):
        return x

    @treadle.graph_asset(timeout=3, retry_policy=RetryPolicy(max_retries=1))
    def up():
        return stubborn(start())

    steps = {step.op: step for step in Definitions(assets=[up]).built.snapshot.steps}

    assert [steps[name].timeout_ms for name in ("start", "stubborn")] == [3000, 3000]
    assert steps["start"].retry_policy is not None
    assert steps["start"].retry_policy.max_retries == 1
    assert steps["stubborn"].retry_policy is not None
    assert steps["stubborn"].retry_policy.max_retries == 7


def test_what_is_said_of_all_outputs_gives_way_to_what_is_said_of_one() -> None:
    block = AssetsDefinition.from_op(
        pair,
        tags={"a": "1"},
        tags_by_output_name={"a": {"a": "2"}},
        owners=["all@example.org"],
        owners_by_output_name={"b": ["own@example.org"]},
        metadata={"rows": 1},
        metadata_by_output_name={"a": {"more": 2}},
    )

    external = [AssetSpec("x"), AssetSpec("y")]
    assets = {
        each.key: each for each in Definitions(assets=[block, *external]).built.snapshot.assets
    }

    assert (assets["a"].tags, assets["b"].tags) == ({"a": "2"}, {"a": "1"})
    assert (assets["a"].owners, assets["b"].owners) == (("all@example.org",), ("own@example.org",))
    assert {each.name for each in assets["a"].metadata} == {"rows", "more"}


def test_assets_that_a_function_stores_itself_have_no_manager() -> None:
    with pytest.raises(DefinitionError, match="specs and io_manager_key"):
        treadle.multi_asset(specs=[AssetSpec("s")], io_manager_key="mine")(lambda: None)
