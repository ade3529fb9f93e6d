"""Fan-outs in this process: what is collected, what ops, hooks and managers are told, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from treadle import (
    AssetsDefinition,
    CompositionError,
    Config,
    Definitions,
    DynamicOut,
    DynamicOutput,
    HookContext,
    In,
    InputContext,
    IOManager,
    Nothing,
    Out,
    Output,
    OutputContext,
    RetryPolicy,
    asset,
    graph,
    graph_asset,
    job,
    materialize,
    op,
    success_hook,
)


@op(out=DynamicOut(int))
def fan():
    for number in range(3):
        yield DynamicOutput(number, mapping_key=f"k{number}")


@op
def plus(context, number, more=10):
    return number + more


@op
def total(numbers):
    return sum(numbers)


@graph
def summed():
    return total(fan().map(plus).collect())


def test_results_of_mapped_ops_are_by_their_keys() -> None:
    result = summed.execute_in_process()

    assert result.output_value() == 33
    assert result.output_for_node("fan") == {"k0": 0, "k1": 1, "k2": 2}
    assert result.output_for_node("plus") == {"k0": 10, "k1": 11, "k2": 12}
    assert result.output_for_node("plus[k1]") == 11
    assert list(result.step_states) == [
        *("summed.fan", "summed.plus[k0]", "summed.plus[k1]", "summed.plus[k2]", "summed.total")
    ]
    assert {event.node_name for event in result.events_for_node("plus")} == {"plus"}
    assert result.is_node_success("plus")


def test_an_order_after_all_elements() -> None:
    told: list[Any] = []

    @op(out=Out(Nothing))
    def store(number):
        told.append(number)

    @op(ins={"after": In(Nothing)})
    def done():
        return list(told)

    @graph
    def stored():
        return done(after=fan().map(store).collect())

    assert stored.execute_in_process().output_value() == [0, 1, 2]


def test_config_is_that_of_all_mapped_steps() -> None:
    class Factor(Config):
        factor: int

    @op
    def times(config: Factor, number):
        return number * config.factor

    @job
    def scaled():
        fan().map(times)

    result = scaled.execute_in_process(run_config={"ops": {"times": {"config": {"factor": 3}}}})

    assert result.output_for_node("times") == {"k0": 0, "k1": 3, "k2": 6}


def test_a_mapped_step_is_tried_again_by_itself() -> None:
    tried: list[str] = []

    @op(retry_policy=RetryPolicy(max_retries=1))
    def flaky(context, number):
        tried.append(context.get_mapping_key())
        if context.get_mapping_key() == "k1" and not context.retry_number:
            raise RuntimeError
        return number

    @graph
    def again():
        return total(fan().map(flaky).collect())

    assert again.execute_in_process().output_value() == 3
    assert sorted(tried) == ["k0", "k1", "k1", "k2"]


def test_hooks_have_the_elements_by_their_keys() -> None:
    told: dict[str, Any] = {}

    @success_hook
    def note(context: HookContext):
        told[context.step_key] = (context.op.name, context.op_output_values)

    @graph_asset(hooks={note})
    def a():
        return total(fan().map(plus).collect())

    materialize([a])

    assert told["a.fan"] == ("fan", {"result": {"k0": 0, "k1": 1, "k2": 2}})
    assert told["a.plus[k1]"] == ("plus", {"result": 11})


def test_a_manager_of_the_users_keeps_elements_apart() -> None:
    class Kept(IOManager):
        def __init__(self) -> None:
            self.values: dict[tuple[str, ...], Any] = {}
            self.keys: list[str | None] = []

        def handle_output(self, context: OutputContext, obj: Any) -> None:
            self.values[tuple(context.get_identifier())] = obj
            self.keys.append(context.mapping_key)

        def load_input(self, context: InputContext) -> Any:
            assert context.upstream_output is not None
            return self.values[tuple(context.upstream_output.get_identifier())]

    @graph_asset
    def a():
        return total(fan().map(plus).collect())

    manager = Kept()

    assert materialize([a], resources={"io_manager": manager}).asset_value("a") == 33
    assert manager.keys == ["k0", "k1", "k2", None, None, None, None]


def test_mapped_ops_read_assets() -> None:
    @asset
    def base():
        return 100

    @graph_asset
    def a(base):
        return total(fan().map(lambda number: plus(number, base)).collect())

    assert materialize([base, a]).asset_value("a") == 303


def test_an_element_and_all_of_them_are_read_together() -> None:
    @op
    def share(number, numbers):
        return number, len(numbers)

    @graph
    def shares():
        numbers = fan()
        return numbers.map(lambda number: share(number, numbers.collect())).collect()

    assert shares.execute_in_process().output_value() == [(0, 3), (1, 3), (2, 3)]


def test_two_fan_outs_side_by_side() -> None:
    @op
    def with_all(number, others):
        return number + sum(others)

    @graph
    def side_by_side():
        others = fan.alias("other")().map(plus).collect()
        return fan().map(lambda number: with_all(number, others)).collect()

    assert side_by_side.execute_in_process().output_value() == [33, 34, 35]


def test_what_all_skipped_skips_who_collects_them() -> None:
    @op(out=Out(is_required=False))
    def never(number):
        yield from ()

    @graph
    def skipping():
        return total(fan().map(never).collect())

    states = skipping.execute_in_process().step_states

    assert {str(state) for key, state in states.items() if "total" in key} == {"skipped"}


@op(out=DynamicOut(is_required=False))
def perhaps():
    yield from ()


def test_an_optional_fan_out_without_elements_skips_what_reads_it() -> None:
    @graph
    def skipping():
        return total(perhaps().map(plus).collect())

    states = skipping.execute_in_process().step_states

    assert {key: str(state) for key, state in states.items()} == {
        "skipping.perhaps": "succeeded",
        "skipping.plus[?]": "skipped",
        "skipping.total": "skipped",
    }


@op(out=DynamicOut())
def twice():
    yield DynamicOutput(1, mapping_key="k")
    yield DynamicOutput(2, mapping_key="k")


@op(out=DynamicOut())
def unnamed():
    yield Output(1)


@op(out=DynamicOut())
def plain():
    return [1, 2]


@op(out=DynamicOut(int))
def mistyped():
    yield DynamicOutput("one", mapping_key="k")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (twice, "two elements of 'result' with the mapping key 'k'"),
        (unnamed, "a value without a mapping key"),
        (plain, "which is dynamic"),
        (mistyped, "int"),
    ],
)
def test_a_wrong_element_fails_its_step(wrong: Any, said: str) -> None:
    @graph
    def failing():
        return total(wrong().map(plus).collect())

    result = failing.execute_in_process(raise_on_error=False)

    failure = result.failures[f"failing.{wrong.name}"]
    assert said in failure.message
    assert {key: str(state) for key, state in result.step_states.items()} == {
        f"failing.{wrong.name}": "failed",
        "failing.plus[?]": "not_run",
        "failing.total": "not_run",
    }


def test_a_dynamic_output_where_one_value_is_meant_fails_its_step() -> None:
    @asset
    def a():
        yield DynamicOutput(1, mapping_key="k")

    result = materialize([a], raise_on_error=False)

    assert "is no DynamicOut" in result.failures["a"].message


def test_elements_have_metadata_each() -> None:
    @op(out=DynamicOut())
    def told(context):
        context.add_output_metadata({"rows": 1}, mapping_key="a")
        yield DynamicOutput(1, mapping_key="a")
        yield DynamicOutput(2, mapping_key="b", metadata={"rows": 2})

    @graph_asset
    def a():
        return total(told().map(plus).collect())

    stored = [
        (event.payload.mapping_key, [entry.value for entry in event.payload.metadata])
        for event in materialize([a]).all_events
        if event.is_successful_output and event.step_key == "a.told"
    ]

    assert stored == [("a", [1]), ("b", [2])]


@pytest.mark.parametrize("isolation", ["op", "asset"])
def test_in_one_process_the_same_comes_of_it(isolation: Any, tmp_path: Path) -> None:
    @graph_asset(isolation=isolation)
    def a():
        doubled = plus.alias("first")(total(fan().map(plus).collect()))
        return plus.alias("last")(doubled)

    result = materialize([a], instance=str(tmp_path / "home"))

    assert result.asset_value("a") == 53


@graph
def nested():
    @op(out=DynamicOut())
    def inner(number):
        for each in range(number):
            yield DynamicOutput(10 * number + each, mapping_key=f"i{each}")

    return fan().map(inner).map(plus)


def test_a_graph_gives_elements_to_another() -> None:
    @graph
    def outer():
        return total(nested().map(plus.alias("more")).collect())

    result = outer.execute_in_process()

    assert result.output_value() == 10 + 20 + 21 + 3 * 20
    assert "outer.more[k2][i1]" in result.step_states


def test_a_graph_that_gives_elements_runs_by_itself() -> None:
    result = nested.execute_in_process()

    assert result.output_value() == {"k1/i0": 20, "k2/i0": 30, "k2/i1": 31}


def test_such_a_graph_is_no_asset() -> None:
    with pytest.raises(CompositionError, match="stands where one value does"):
        Definitions(assets=[AssetsDefinition.from_graph(nested)])
