"""Graphs by themselves, and jobs, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetSelection,
    CompositionError,
    Config,
    Definitions,
    GraphOut,
    In,
    InputContext,
    IOManager,
    NoSuchResultError,
    Nothing,
    Out,
    Output,
    OutputContext,
    PlanRefused,
    Resource,
    RunConfig,
    asset,
    define_asset_job,
    graph,
    graph_asset,
    op,
)


class Times(Config):
    factor: int


@op
def add(number: int, by: int = 1) -> int:
    return number + by


@op
def one() -> int:
    return 1


@op
def multiply(config: Times, number: int) -> int:
    return number * config.factor


@graph
def inner(number):  # type: ignore[no-untyped-def]  # as users write it
    return add(number)


@graph
def outer(number, by):  # type: ignore[no-untyped-def]  # as users write it
    return multiply(inner(add(number, by)))


def test_a_graph_runs_with_the_inputs_that_it_is_given() -> None:
    config = {"ops": {"multiply": {"config": {"factor": 5}}}}

    result = outer.execute_in_process(input_values={"number": 3, "by": 2}, run_config=config)

    assert result.output_value() == 30
    assert result.output_for_node("add") == 5
    assert result.output_for_node("inner") == result.output_for_node("inner.add") == 6
    assert result.is_node_success("inner")


def test_an_input_that_has_a_default_may_be_left_out() -> None:
    config = RunConfig(ops={"multiply": Times(factor=1)})

    result = outer.execute_in_process(config, input_values={"number": 3})

    assert result.output_value() == 5


def test_values_are_handed_on_as_they_are() -> None:
    @op
    def same(thing: object) -> object:
        return thing

    @graph
    def twice(thing):  # type: ignore[no-untyped-def]  # as users write it
        return same.alias("second")(same(thing))

    thing = lambda: 1

    assert twice.execute_in_process(input_values={"thing": thing}).output_value() is thing


def test_a_graph_has_several_outputs_and_inputs_that_only_order() -> None:
    @op(ins={"after": In(Nothing)}, out={"left": Out(), "right": Out()})
    def both() -> tuple[int, int]:
        return 1, 2

    @graph(out={"one": GraphOut(), "two": GraphOut()})
    def pair(after):  # type: ignore[no-untyped-def]  # as users write it
        left, right = both(after)
        return {"one": left, "two": right}

    result = pair.execute_in_process(input_values={"after": None})

    assert result.output_value("two") == 2
    with pytest.raises(NoSuchResultError):
        result.output_value("three")


def test_inputs_do_not_go_through_the_io_manager_of_the_user() -> None:
    class Shelf(IOManager):
        def __init__(self) -> None:
            self.kept: dict[str, Any] = {}

        def handle_output(self, context: OutputContext, obj: Any) -> None:
            self.kept[context.step_key] = obj

        def load_input(self, context: InputContext) -> Any:
            return self.kept[context.upstream_output.step_key]

    shelf = Shelf()

    @graph
    def twice(number):  # type: ignore[no-untyped-def]  # as users write it
        return add.alias("second")(add(number))

    result = twice.execute_in_process(input_values={"number": 1}, resources={"io_manager": shelf})

    assert result.output_value() == 3
    assert shelf.kept == {"twice.add": 2, "twice.second": 3}


def test_resources_and_tags_are_told_to_the_ops() -> None:
    class Bell(Resource):
        tone = "ding"

    @op
    def rings(context: AssetExecutionContext, bell: Bell) -> str:
        return f"{bell.tone} {context.run_tags['why']}"

    @graph
    def ringing():  # type: ignore[no-untyped-def]  # as users write it
        return rings()

    result = ringing.execute_in_process(resources={"bell": Bell()}, tags={"why": "test"})

    assert result.output_value() == "ding test"


def test_what_an_op_of_a_graph_raises_is_raised() -> None:
    @op
    def breaks() -> int:
        raise LookupError("no")

    @graph
    def broken():  # type: ignore[no-untyped-def]  # as users write it
        return add(breaks())

    with pytest.raises(LookupError, match="no"):
        broken.execute_in_process()

    result = broken.execute_in_process(raise_on_error=False)
    assert result.is_node_failed("breaks")
    assert result.is_node_untouched("add")


def test_wrong_inputs_and_config_are_refused_by_name() -> None:
    with pytest.raises(PlanRefused, match=r"ops\.outer\.inputs\.number: it must be given"):
        outer.execute_in_process()
    with pytest.raises(ArgumentError, match="Did you mean 'number'"):
        outer.execute_in_process(input_values={"numbr": 1})
    with pytest.raises(PlanRefused, match="factor"):
        outer.execute_in_process(input_values={"number": 1})
    with pytest.raises(ArgumentError, match="is declared int, and 'number' is given '1'"):
        inner.execute_in_process(input_values={"number": "1"})
    with pytest.raises(ArgumentError, match="op_selection names 'ad'"):
        inner.execute_in_process(input_values={"number": 1}, op_selection=["ad"])
    with pytest.raises(ArgumentError, match="no config of a run"):
        inner.execute_in_process([], input_values={"number": 1})


def test_a_graph_that_returns_nothing_runs_for_its_effects() -> None:
    @op
    def marks() -> None:
        return None

    @op(ins={"after": In(Nothing)}, out=Out(Nothing))
    def follows() -> None:
        return None

    @graph
    def effects():  # type: ignore[no-untyped-def]  # as users write it
        follows(marks())

    result = effects.execute_in_process()

    assert result.is_node_success("follows")


def test_a_call_of_a_graph_says_how_it_is_run() -> None:
    @graph_asset
    def three():  # type: ignore[no-untyped-def]  # as users write it
        return inner(add.alias("first")(one()))

    with pytest.raises(CompositionError, match=r"write materialize\(\[three\]\)"):
        three()
    with pytest.raises(CompositionError, match=r"write inner\.execute_in_process\(\)"):
        inner(1)


def test_a_job_makes_what_it_selects(tmp_path: Path) -> None:
    @asset
    def first() -> int:
        return 1

    @asset
    def second(context: AssetExecutionContext, first: int) -> str:
        return f"{first} {context.run_tags['of']}"

    definitions = Definitions(
        assets=[first, second],
        jobs=[
            define_asset_job("one", "first"),
            define_asset_job("two", "second", tags={"of": "job"}),
        ],
    )
    assert definitions.get_job_def("one").execute_in_process(instance=tmp_path).success

    result = definitions.get_job_def("two").execute_in_process(instance=tmp_path)

    assert result.asset_value("second") == "1 job"
    assert result.is_node_untouched("first")
    with pytest.raises(ArgumentError, match="Did you mean 'one'"):
        definitions.get_job_def("ones")


def test_a_job_makes_those_of_its_assets_that_are_named() -> None:
    @asset(key_prefix="not", check_specs=[AssetCheckSpec("full", asset=["not", "first"])])
    def first() -> Iterator[Output[int] | AssetCheckResult]:
        yield Output(1)
        yield AssetCheckResult(passed=True)

    @asset
    def second() -> int:
        return 2

    @asset
    def third() -> int:
        return 3

    definitions = Definitions(
        assets=[first, second, third],
        jobs=[define_asset_job("two", AssetSelection.all() - AssetSelection.keys("third"))],
    )
    job, every = definitions.get_job_def("two"), definitions.get_job_def("__ASSET_JOB")

    for each in (job, every):
        result = each.execute_in_process(asset_selection=[AssetKey(["not", "first"])])
        assert [made.asset_key.text for made in result.asset_materializations] == ["not/first"]
        assert len(result.get_asset_check_evaluations()) == 1
    assert len(every.execute_in_process(asset_selection=["second", "third"]).step_states) == 2
    assert len(job.execute_in_process().asset_materializations) == 2
    with pytest.raises(ArgumentError, match="'two' does not select 'third'"):
        job.execute_in_process(asset_selection=["third"])
    assert job.execute_in_process(asset_selection=[first]).success
    for wrong in ("second", 3):
        with pytest.raises(ArgumentError, match=r"asset_selection=.* is not a list"):
            job.execute_in_process(asset_selection=wrong)  # type: ignore[arg-type]  # on purpose


def test_a_job_takes_other_resources() -> None:
    class Bell(Resource):
        def __init__(self, tone: str) -> None:
            self.tone = tone

    @asset
    def rung(bell: Bell) -> str:
        return bell.tone

    definitions = Definitions(
        assets=[rung], jobs=[define_asset_job("ring")], resources={"bell": Bell("ding")}
    )

    result = definitions.get_job_def("ring").execute_in_process(resources={"bell": Bell("dong")})

    assert result.asset_value("rung") == "dong"
