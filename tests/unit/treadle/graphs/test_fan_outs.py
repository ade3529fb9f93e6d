"""Fan-outs in bodies of graphs: how steps are named, and what is refused at its line."""

from __future__ import annotations

from collections.abc import Callable
from inspect import currentframe
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetOut,
    AssetsDefinition,
    CompositionError,
    DefinitionError,
    Definitions,
    DynamicOut,
    DynamicOutput,
    GraphOut,
    build_op_context,
    graph,
    graph_asset,
    graph_multi_asset,
    op,
)
from treadle.locations.location import build_location
from treadle.locations.snapshot import Step


@op(out=DynamicOut())
def fan():
    yield DynamicOutput(1, mapping_key="k")


@op(out=DynamicOut())
def inner(x):
    yield DynamicOutput(x, mapping_key="i")


@op
def work(x):
    return x


@op
def both(x, y):
    return x, y


@op
def alone():
    return 1


def steps_of(*assets: Any) -> dict[str, Step]:
    return {
        step.key: step
        for step in build_location([("here", Definitions(assets=list(assets)))]).snapshot.steps
    }


def line() -> int:
    frame = currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_a_mapped_step_has_a_level_for_each_fan_out_around_it() -> None:
    @graph_asset
    def a():
        return fan().map(lambda x: work(inner(x).map(work.alias("each")).collect())).collect()

    found = steps_of(a)

    assert set(found) == {"a.fan", "a.inner[?]", "a.each[?][?]", "a.work[?]", "a.collect_work"}
    assert [over.step_key for over in found["a.each[?][?]"].mapped_over] == ["a.fan", "a.inner[?]"]


def test_what_reads_no_element_is_not_mapped() -> None:
    @graph
    def two(x):
        return both(x, alone())

    @graph_asset
    def a():
        return fan().map(two).collect()

    assert set(steps_of(a)) == {"a.fan", "a.two.alone", "a.two.both[?]", "a.collect_two"}


def test_several_outputs_are_mapped_each() -> None:
    @graph(out={"left": GraphOut(), "right": GraphOut()})
    def split(x):
        return {"left": work(x), "right": work(x)}

    @graph_asset
    def a():
        left, right = fan().map(split)
        return both(left.collect(), right.map(work.alias("more")).collect())

    assert {"a.split.work[?]", "a.split.work_2[?]", "a.more[?]"} < set(steps_of(a))


def directly() -> Any:
    return work(fan())


def in_a_list() -> Any:
    return work([fan().collect()])


def iterated() -> Any:
    return [work(each) for each in fan()]  # type: ignore[attr-defined]


def apart() -> Any:
    one, two = fan(), fan.alias("other")()
    return one.map(lambda x: two.map(lambda y: both(x, y)))


def without_element() -> Any:
    return fan().map(lambda x: alone()).collect()


def of_a_constant() -> Any:
    return fan().map(lambda x: 3).collect()


def uncollected() -> Any:
    return fan().map(work)


def unmapped() -> Any:
    return fan()


def kept_element() -> Any:
    kept = []
    fan().map(lambda x: kept.append(work(x)))
    return kept[0]


@pytest.mark.parametrize(
    ("body", "said", "advised"),
    [
        (directly, "is dynamic, any number of values, and input 'x' of 'work'", ".map(op)"),
        (in_a_list, "a list of which one element is collected", "input of its own"),
        (iterated, "is dynamic, any number of values, and it is iterated", ".collect()"),
        (apart, "neither of these fan-outs lies in the other", "Collect one of them"),
        (without_element, "reads no element of it", "Pass the function's argument"),
        (of_a_constant, "returned 3, which is not an output of an op", "Return what the call"),
    ],
)
def test_a_wrong_use_is_refused_at_its_line(
    body: Callable[[], Any], said: str, advised: str
) -> None:
    with pytest.raises(CompositionError) as error:
        graph_asset(name="a")(body)

    assert said in str(error.value)
    assert advised in str(error.value)
    assert error.value.source.file == __file__
    first = body.__code__.co_firstlineno
    assert first < error.value.source.line <= first + 3


@pytest.mark.parametrize("body", [uncollected, unmapped, kept_element])
def test_an_asset_of_any_number_of_values_is_refused(body: Callable[[], Any]) -> None:
    begin = line()
    with pytest.raises(CompositionError) as error:
        graph_asset(name="a")(body)

    assert error.value.source.line == begin + 2
    assert error.value.others[0].line > body.__code__.co_firstlineno
    assert ".collect()" in str(error.value)


def test_an_op_with_a_dynamic_output_is_no_asset() -> None:
    with pytest.raises(DefinitionError, match="stands where one value does"):
        Definitions(assets=[AssetsDefinition.from_op(fan)])


@pytest.mark.parametrize("key", ["", "a b", "a.b", "ä", "x" * 121])
def test_a_mapping_key_is_letters_and_digits(key: Any) -> None:
    with pytest.raises(ArgumentError, match='letters, digits and "_"'):
        DynamicOutput(1, mapping_key=key)


def test_a_test_calls_a_mapped_op_with_its_key() -> None:
    @op
    def named(context, x):
        return context.get_mapping_key(), x

    assert named(build_op_context(mapping_key="k0"), 1) == ("k0", 1)
    assert build_op_context().get_mapping_key() is None


def test_the_collected_list_is_an_asset_of_several() -> None:
    @graph_multi_asset(outs={"one": AssetOut(), "two": AssetOut()})
    def pair():
        mapped = fan().map(work)
        return {"one": mapped.collect(), "two": work.alias("last")(mapped.collect())}

    assert {"pair.collect_work", "pair.last"} < set(steps_of(pair))
