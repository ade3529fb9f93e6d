from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    AssetKey,
    AssetOut,
    InputContext,
    IOManager,
    Out,
    Output,
    OutputContext,
    asset,
    graph_asset,
    graph_multi_asset,
    op,
)
from treadle._system import time
from treadle_contract.run import FailureWhere


class Shelf(IOManager):
    """Keeps values by identifier, and the contexts that they came with."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}
        self.contexts: list[OutputContext] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.values[tuple(context.get_identifier())] = obj
        self.contexts.append(context)
        context.add_output_metadata({"bytes": 8, "from": "manager"})

    def load_input(self, context: InputContext) -> Any:
        return self.values[tuple(context.get_identifier())]


def test_a_manager_of_the_users_is_told_what_to_store(bench):
    shelf = Shelf()

    @asset(metadata={"table": "t1"}, required_resource_keys=set())
    def number() -> int:
        return Output(5, metadata={"rows": 1, "from": "op"})  # type: ignore[return-value]

    resources = {"io_manager": shelf, "password": "secret"}
    (stored,) = bench.run(number, step="number", resources=resources).stored

    assert shelf.values == {("number",): 5}
    (context,) = shelf.contexts
    assert (context.name, context.step_key, context.run_id) == ("result", "number", "run-1")
    assert context.asset_key == AssetKey("number")
    assert context.dagster_type.typing_type is int
    assert context.definition_metadata == context.metadata == {"table": "t1"}
    assert context.output_metadata == {"rows": 1, "from": "op"}
    assert context.run_tags == {"team": "blue"}
    assert context.resources.password == "secret"
    assert (stored.value_ref, stored.io_manager_key) == (None, "io_manager")
    assert {entry.name: entry.value for entry in stored.metadata} == {
        "rows": 1,
        "from": "manager",
        "bytes": 8,
    }


def test_what_stores_a_value_takes_its_time(bench, monkeypatch):
    class Slow(IOManager):
        def handle_output(self, context: OutputContext, obj: Any) -> None:
            now = time.monotonic_ns()
            monkeypatch.setattr(time, "monotonic_ns", lambda: now + 90_000_000_000)

        def load_input(self, context: InputContext) -> Any:
            return None

    @asset
    def number():
        return 5

    (slow,) = bench.run(number, step="number", resources={"io_manager": Slow()}).stored
    monkeypatch.undo()
    (file,) = bench.run(number, step="number").stored

    assert slow.duration_us >= 90_000_000
    assert 0 < file.duration_us < 90_000_000


def test_each_asset_of_one_output_is_stored_by_its_own_manager(bench):
    shelf = Shelf()

    @op
    def work():
        return 1

    @graph_multi_asset(outs={"a": AssetOut(io_manager_key="shelf"), "b": AssetOut()})
    def pair():
        one = work()
        return {"a": one, "b": one}

    result = bench.run(pair, step="pair.work", resources={"shelf": shelf})

    assert shelf.values == {("a",): 1}
    assert [(each.asset_key, each.io_manager_key) for each in result.stored] == [
        ("a", "shelf"),
        ("b", "io_manager"),
    ]
    assert bench.value(result.stored[1]) == 1
    # What one manager says of its value is not said of the other's.
    assert [len(each.metadata) for each in result.stored] == [2, 0]


def test_an_intermediate_is_stored_by_the_manager_of_its_output(bench):
    shelf = Shelf()

    @op(out=Out(io_manager_key="shelf", metadata={"kind": "scratch"}))
    def first():
        return 1

    @op
    def second(x):
        return x

    @graph_asset
    def whole():
        return second(first())

    bench.run(whole, step="whole.first", resources={"shelf": shelf})

    assert shelf.values == {("run-1", "whole.first", "result"): 1}
    (context,) = shelf.contexts
    assert not context.has_asset_key
    assert context.definition_metadata == {"kind": "scratch"}


def test_what_a_manager_raises_while_storing_is_a_failure_at_store(bench):
    class Full(Shelf):
        def handle_output(self, context: OutputContext, obj: Any) -> None:
            raise OSError("disk full")

    @asset
    def number():
        return 5

    failure = bench.failure(number, step="number", resources={"io_manager": Full()})

    assert failure.where is FailureWhere.STORE
    assert failure.message == (
        "Output 'result' of 'number': storing it as asset 'number' with IO manager 'io_manager'"
        " raised OSError: disk full"
    )


def test_a_manager_may_yield_metadata(bench):
    class Yields(Shelf):
        def handle_output(self, context: OutputContext, obj: Any) -> Any:
            super().handle_output(context, obj)
            yield {"rows": obj}

    @asset
    def number():
        return 5

    shelf = Yields()
    (stored,) = bench.run(number, step="number", resources={"io_manager": shelf}).stored

    assert shelf.values == {("number",): 5}
    assert {entry.name: entry.value for entry in stored.metadata}["rows"] == 5


def test_what_a_manager_yields_that_is_nothing_to_tell_is_refused(bench):
    class Yields(Shelf):
        def handle_output(self, context: OutputContext, obj: Any) -> Any:
            yield super().handle_output(context, obj)

    @asset
    def number():
        return 5

    failure = bench.failure(number, step="number", resources={"io_manager": Yields()})

    assert failure.where is FailureWhere.STORE
    assert "handle_output yielded None. Yield an AssetMaterialization" in failure.message


def test_a_manager_that_is_gone_is_named(bench):
    @asset(io_manager_key="shelf")
    def number():
        return 5

    location = bench.location(number, resources={"shelf": Shelf()})
    task = bench.task(location, "number")
    del location.resources["shelf"]

    with pytest.raises(Exception, match="no resource 'shelf'") as raised:
        bench.run_task(location, task)

    assert raised.value.where is FailureWhere.RESOURCE
