from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    AssetIn,
    AssetKey,
    AssetSpec,
    Definitions,
    In,
    InputContext,
    IOManager,
    OutputContext,
    asset,
    graph_asset,
    op,
)
from treadle.locations.location import build_location
from treadle.steps._failures import TaskMismatchError
from treadle_contract.event import InputLoaded
from treadle_contract.ids import KeyText
from treadle_contract.run import FailureWhere
from treadle_contract.worker import TaskInput, TaskSource


class Notebook(IOManager):
    """Keeps what it was asked."""

    def __init__(self, value: Any = None) -> None:
        self.value = value
        self.asked: list[InputContext] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        raise AssertionError(context)

    def load_input(self, context: InputContext) -> Any:
        self.asked.append(context)
        return self.value


@asset
def up():
    return 1


@asset
def down(up):
    return up


def test_a_value_is_read_where_its_reference_says(bench):
    source = bench.source([1, 2])

    result = bench.run(up, down, step="down", inputs=[TaskInput(name="up", sources=(source,))])

    assert bench.values(result)["down"] == [1, 2]
    assert bench.loaded == [
        InputLoaded(
            input="up",
            asset_key=source.asset_key,
            from_run_id=source.run_id,
            from_step_key=source.step_key,
            value_ref=source.value_ref,
        )
    ]


def test_a_fan_in_is_a_list_in_the_order_of_its_sources(bench):
    @op
    def one():
        return 1

    @op
    def collect(parts: list[int]):
        return parts

    @graph_asset
    def all_parts():
        return collect([one(), one()])

    sources = tuple(bench.source(n, f"u{n}", asset=False) for n in (3, 1, 2))
    reads = TaskInput(name="parts", sources=sources, fan_in=True)

    result = bench.run(all_parts, step="all_parts.collect", inputs=[reads])

    assert bench.values(result) == {"all_parts": [3, 1, 2]}
    assert [(each.position, each.value_ref) for each in bench.loaded] == [
        (position, source.value_ref) for position, source in enumerate(sources)
    ]
    assert {each.from_output for each in bench.loaded} == {"result"}


def test_a_fan_in_of_one_and_of_none_is_a_list_too(bench):
    @op
    def one():
        return 1

    @op
    def collect(parts):
        return parts

    @graph_asset
    def all_parts():
        return collect([one()])

    single = TaskInput(name="parts", sources=(bench.source(5),), fan_in=True)
    empty = TaskInput(name="parts", fan_in=True)

    first = bench.run(all_parts, step="all_parts.collect", inputs=[single])
    second = bench.run(all_parts, step="all_parts.collect", inputs=[empty], attempt=2)

    assert bench.values(first) == {"all_parts": [5]}
    assert bench.values(second) == {"all_parts": []}


@pytest.mark.parametrize("inputs", [(), (TaskInput(name="y"),)])
def test_an_input_that_reads_nothing_has_its_default(bench, inputs):
    @op(ins={"z": In(default_value=7)})
    def sums(y=4, *, z):
        return y + z

    @graph_asset
    def total():
        return sums()

    assert bench.values(bench.run(total, step="total.sums", inputs=inputs)) == {"total": 11}
    assert bench.loaded == []


@pytest.mark.parametrize("inputs", [(), (TaskInput(name="up"),)])
def test_an_input_that_reads_nothing_and_has_no_default_is_no_fault_of_the_op(bench, inputs):
    @asset
    def reads(up):
        return up

    with pytest.raises(
        TaskMismatchError, match=r"TaskStep\.inputs of 'reads' reads nothing for 'up'"
    ):
        bench.run(up, reads, step="reads", inputs=inputs)


def test_a_place_that_has_a_value_is_no_fault_of_the_op(bench):
    bench.run(up, step="up")

    with pytest.raises(TaskMismatchError, match=r"TaskOutput\.value_key is .*never overwritten"):
        bench.run(up, step="up")


def test_an_input_that_is_not_needed_is_reported_and_has_its_default_or_what_fails_when_used(bench):
    @asset
    def shows(up, other=5):
        return repr(up), other

    unneeded = [TaskInput(name=name, not_needed=True) for name in ("up", "other")]
    result = bench.run(up, _other(), shows, step="shows", inputs=unneeded)

    assert bench.values(result) == {"shows": ("<input 'up', not loaded>", 5)}
    assert bench.loaded == [InputLoaded(input=name, not_needed=True) for name in ("up", "other")]


@pytest.mark.parametrize(
    "use",
    [
        lambda value: value + 1,
        lambda value: 1 - value,
        lambda value: f"{value}",
        lambda value: value == 1,
        lambda value: value["a"],
        lambda value: value.rows,
        bool,
        list,
        lambda value: {value},
        lambda value: value,
        lambda value: [value],
    ],
)
def test_what_uses_or_stores_an_input_that_is_not_needed_fails_and_says_what_to_do(bench, use):
    @asset
    def careless(up):
        return use(up)

    failure = bench.failure(
        up, careless, step="careless", inputs=[TaskInput(name="up", not_needed=True)]
    )

    assert "Input 'up' of 'careless' was not loaded" in failure.message
    assert "internal_asset_deps" in failure.message


def _other():
    @asset(name="other")
    def other():
        return 2

    return other


def test_a_manager_of_the_users_is_told_what_to_load(bench):
    manager = Notebook(value=9)

    @asset(io_manager_key="lake", metadata={"table": "t1"})
    def stored() -> int:
        return 1

    @asset(ins={"stored": AssetIn(metadata={"columns": "a"})})
    def reader(context, stored: int):
        return stored

    source = TaskSource(
        io_manager_key="lake",
        asset_key=KeyText("stored"),
        run_id="run-0",
        step_key="stored",
        output="result",
    )
    result = bench.run(
        stored,
        reader,
        step="reader",
        resources={"lake": manager, "password": "secret"},
        inputs=[TaskInput(name="stored", sources=(source,))],
    )

    assert bench.values(result) == {"reader": 9}
    (context,) = manager.asked
    assert (context.name, context.step_key, context.run_id) == ("stored", "reader", "run-1")
    assert context.asset_key == AssetKey("stored")
    assert context.definition_metadata == {"columns": "a"}
    assert context.dagster_type.typing_type is int
    assert context.resources.password == "secret"
    upstream = context.upstream_output
    assert (upstream.name, upstream.step_key, upstream.run_id) == ("result", "stored", "run-0")
    assert upstream.definition_metadata == {"table": "t1"}
    assert context.get_identifier() == ["stored"]


def test_an_intermediate_is_named_by_run_step_and_output(bench):
    manager = Notebook(value=2)

    @op
    def first():
        return 1

    @op(ins={"x": In(input_manager_key="lake")})
    def second(x):
        return x

    @graph_asset
    def whole():
        return second(first())

    source = TaskSource(
        io_manager_key="lake", run_id="run-1", step_key="whole.first", output="result"
    )
    bench.run(
        whole,
        step="whole.second",
        resources={"lake": manager},
        inputs=[TaskInput(name="x", sources=(source,))],
    )

    (context,) = manager.asked
    assert not context.has_asset_key
    assert context.get_identifier() == ["run-1", "whole.first", "result"]


def test_an_input_manager_loads_what_the_file_store_holds(bench):
    manager = Notebook(value="mine")

    @asset(ins={"up": AssetIn(input_manager_key="lake")})
    def reader(up):
        return up

    stored = bench.source(1, "up")
    source = TaskSource(io_manager_key="lake", value_ref=stored.value_ref, asset_key=KeyText("up"))
    result = bench.run(
        up,
        reader,
        step="reader",
        resources={"lake": manager},
        inputs=[TaskInput(name="up", sources=(source,))],
    )

    assert bench.values(result)["reader"] == "mine"


def test_an_external_asset_brings_the_metadata_of_its_spec(bench):
    manager = Notebook(value=1)

    @asset
    def reader(raw):
        return raw

    spec = AssetSpec("raw", metadata={"table": "raw_v2"})
    definitions = Definitions(assets=[spec, reader], resources={"io_manager": manager})
    location = build_location([("test", definitions)])
    source = TaskSource(io_manager_key="io_manager", asset_key=KeyText("raw"))
    task = bench.task(location, "reader", inputs=[TaskInput(name="raw", sources=(source,))])

    with pytest.raises(Exception, match="AssertionError"):  # from storing; loading is over by then
        bench.run_task(location, task)

    (context,) = manager.asked
    assert context.upstream_output.definition_metadata == {"table": "raw_v2"}


def test_a_load_without_a_record_says_what_to_make(bench):
    source = TaskSource(io_manager_key="io_manager", asset_key=KeyText("up"))

    failure = bench.failure(up, down, step="down", inputs=[TaskInput(name="up", sources=(source,))])

    assert failure.where is FailureWhere.LOAD
    assert "Input 'up' of 'down' reads asset 'up'" in failure.message
    assert "Make it first, in a run that selects it" in failure.message


def test_what_a_manager_raises_while_loading_is_a_failure_at_load(bench):
    class Broken(Notebook):
        def load_input(self, context: InputContext) -> Any:
            raise LookupError(context.asset_key.text)

    source = TaskSource(io_manager_key="io_manager", asset_key=KeyText("up"), run_id="run-0")
    failure = bench.failure(
        up,
        down,
        step="down",
        resources={"io_manager": Broken()},
        inputs=[TaskInput(name="up", sources=(source,))],
    )

    assert failure.where is FailureWhere.LOAD
    assert failure.message == (
        "Input 'up' of 'down': loading asset 'up' with IO manager 'io_manager'"
        " raised LookupError: up"
    )
    assert bench.loaded == []


def test_a_file_that_is_gone_is_a_failure_at_load(bench):
    source = bench.source(1)
    bench.store.path_of("given/u").unlink()

    failure = bench.failure(up, down, step="down", inputs=[TaskInput(name="up", sources=(source,))])

    assert failure.where is FailureWhere.LOAD


def test_a_value_of_another_type_than_declared_is_refused(bench):
    @asset
    def counts(up: int):
        return up

    failure = bench.failure(up, counts, step="counts", inputs=[bench.reads("up", "three")])

    assert failure.where is FailureWhere.TYPE_CHECK
    assert "Input 'up' of 'counts' is declared int" in failure.message
    assert "is a str" in failure.message
