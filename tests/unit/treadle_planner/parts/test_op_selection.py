"""Some ops of a job: what a plan has of it, what inputs are told, and that it is what runs in process."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    Config,
    Definitions,
    DynamicOut,
    DynamicOutput,
    Out,
    Output,
    asset,
    graph,
    job,
    op,
)
from treadle.locations.location import build_location
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import PlanOptions, Selection, Verdict
from treadle_planner import Plan, Planner, PlanRefused


class Day(Config):
    day: str = "monday"


@op
def fetch(config: Day) -> str:
    return config.day


@op(out={"left": Out(), "right": Out(is_required=False)})
def split(text: str, at: int = 1) -> Any:
    yield Output(text[:at], "left")
    yield Output(text[at:], "right")


@op
def whole(parts: list[str], last: object = None) -> str:
    return "-".join(parts)


@op
def checks(thing: slice) -> None:
    """Look at it."""


@op
def slices(text: str) -> slice:
    return slice(len(text))


@graph
def inner(text, at):  # type: ignore[no-untyped-def]  # as users write it
    left, right = split(text, at)
    return whole([left, right])


@graph
def etl(at):  # type: ignore[no-untyped-def]  # as users write it
    text = fetch()
    checks(slices(text))
    return whole.alias("last")([text, inner(text, at)])


@asset
def a() -> int:
    return 1


DEFS = Definitions(assets=[a], jobs=[etl.to_job("all"), etl.to_job("part", op_selection=["inner"])])
PLANNER = Planner(build_location([("", DEFS)]).snapshot)


def planned(*ops: str, config: Any = None, job: str = "all") -> Plan:
    selection = Selection(job=job, op_selection=ops)
    return PLANNER.plan(PlanRequest(selection=selection, options=PlanOptions(config=config)))


def running(plan: Plan) -> list[str]:
    return sorted(step.key for step in plan.steps if step.verdict is Verdict.RUN)


@pytest.mark.parametrize(
    ("ops", "keys"),
    [
        (["fetch"], ["all.fetch"]),
        (["*slices"], ["all.fetch", "all.slices"]),
        (["fetch", "slices+"], ["all.checks", "all.fetch", "all.slices"]),
        (["*inner"], ["all.fetch", "all.inner.split", "all.inner.whole"]),
        (["fetch", "inner.split"], ["all.fetch", "all.inner.split"]),
    ],
)
def test_a_plan_runs_the_ops_that_are_named_as_a_run_in_process_does(
    ops: list[str], keys: list[str]
) -> None:
    told = {"inputs": {"at": 2}}
    plan = planned(*ops, config=told)
    result = DEFS.get_job_def("all").execute_in_process(told, op_selection=ops)

    assert running(plan) == keys
    assert sorted(result.step_states) == keys
    omitted = {step.reason for step in plan.steps if step.verdict is Verdict.OMIT}
    assert omitted == {"op_selection leaves it out."}
    assert len(plan.steps) == len(planned(config=told).steps)


def test_an_input_whose_maker_is_left_out_is_told_or_has_its_default() -> None:
    config = {"ops": {"inner": {"ops": {"split": {"inputs": {"text": {"value": "abc"}}}}}}}
    plan = planned("inner.split", config={**config, "inputs": {"at": 2}})

    (step,) = [step for step in plan.steps if step.verdict is Verdict.RUN]
    assert step.told_inputs == {"text": "abc", "at": 2}
    assert [(each.name, each.sources) for each in step.inputs] == [("text", ()), ("at", ())]
    with pytest.raises(PlanRefused, match=r"split\.inputs\.text: it must be given: text"):
        planned("inner.split", config={"inputs": {"at": 2}})
    wrong = {"ops": {"inner": {"ops": {"split": {"inputs": {"text": 3}}}}}, "inputs": {"at": 2}}
    with pytest.raises(PlanRefused, match=r"split\.inputs\.text: expected text, got 3"):
        planned("inner.split", config=wrong)


def test_a_list_has_what_is_left_of_it_and_is_told_when_nothing_is() -> None:
    (last,) = [step for step in planned("fetch", "last").steps if step.key == "all.last"]
    parts = last.inputs[0]

    assert (parts.name, len(parts.sources), parts.fan_in) == ("parts", 1, True)

    told = planned("last", config={"ops": {"last": {"inputs": {"parts": ["x"]}}}})
    (last,) = [step for step in told.steps if step.verdict is Verdict.RUN]
    assert (last.told_inputs, last.inputs[0].fan_in) == ({"parts": ["x"]}, False)


@pytest.mark.parametrize("job", ["all", "part"])
def test_config_of_ops_that_are_left_out_is_accepted_and_told_to_be_unused(job: str) -> None:
    config = {
        "inputs": {"at": 2},
        "ops": {
            "inner": {"ops": {"split": {"inputs": {"text": "abc"}}}},
            "fetch": {"config": {"day": "friday"}},
            "last": {"inputs": {"parts": []}},
        },
    }
    plan = planned("inner", config=config) if job == "all" else planned(config=config, job="part")

    assert running(plan) == [f"{job}.inner.split", f"{job}.inner.whole"]
    assert plan.notes == (
        f"Nothing that runs takes the config at ops.{job}.ops.fetch.",
        f"Nothing that runs takes the config at ops.{job}.ops.last.",
    )
    with pytest.raises(PlanRefused, match=r"ops\.part\.ops\.fetc: there is no 'fetc'"):
        planned(config={"ops": {"fetc": {}}}, job="part")


def test_config_of_an_argument_that_is_left_out_is_accepted_too() -> None:
    plan = planned("fetch", config={"inputs": {"at": 2}})

    assert plan.notes == ("Nothing that runs takes the config at ops.all.inputs.at.",)


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (Selection(job="all", op_selection=("fetc",)), "names 'fetc', which is not there. Did you mean 'fetch'"),
        (Selection(job="all", op_selection=("*inner.split",)), "take whole nodes of the job alone"),
        (Selection(job="all", op_selection=("checks",)), "all.checks reads all.slices as its input 'thing'"),
        (Selection(op_selection=("fetch",)), "takes ops of a job of ops, and none is named"),
        (Selection(job="al", op_selection=("fetch",)), "No job is named 'al'"),
        (Selection(expressions=("a",), op_selection=("fetch",)), "takes ops of a job of ops"),
    ],
)  # fmt: skip
def test_what_cannot_be_selected_is_refused(selection: Selection, says: str) -> None:
    with pytest.raises(PlanRefused, match=says.replace(".", r"\.")):
        PLANNER.plan(PlanRequest(selection=selection))


def test_a_config_of_a_job_may_name_what_it_leaves_out() -> None:
    made = etl.to_job(
        "tail", op_selection=["fetch"], config={"ops": {"last": {"inputs": {"parts": []}}}}
    )

    assert Definitions(jobs=[made]).get_job_def("tail").execute_in_process().success


def test_a_job_whose_ops_are_one_is_planned_anew_for_each_selection() -> None:
    @job
    def alone() -> None:
        fetch()

    planner = Planner(build_location([("", Definitions(jobs=[alone, etl.to_job()]))]).snapshot)
    request = PlanRequest(selection=Selection(job="alone", op_selection=("fetch",)))

    assert running(planner.plan(request)) == ["alone.fetch"]
    assert planner.plan(request).fingerprint == planner.plan(request).fingerprint
    other = PlanRequest(selection=Selection(job="etl", op_selection=("fetch",)))
    assert running(planner.plan(other)) == ["etl.fetch"]


def test_mapped_ops_are_told_by_their_node_and_run_with_what_they_are_mapped_over() -> None:
    @op(out=DynamicOut(int))
    def numbers() -> Any:
        yield DynamicOutput(1, "a")
        yield DynamicOutput(2, "b")

    @op
    def times(number: int, config: Day, by: int = 1) -> str:
        return config.day[:1] * number * by

    @job
    def mapped() -> None:
        whole(numbers().map(times).collect())

    config = {"ops": {"times": {"config": {"day": "x"}, "inputs": {"by": 2}}}}
    ops = ["*times"]
    planner = Planner(build_location([("", Definitions(jobs=[mapped]))]).snapshot)
    selection = Selection(job="mapped", op_selection=("*times",))
    plan = planner.plan(PlanRequest(selection=selection, options=PlanOptions(config=config)))

    assert running(plan) == ["mapped.numbers", "mapped.times[?]"]
    assert mapped.execute_in_process(config).output_for_node("whole") == "xx-xxxx"
    part = mapped.execute_in_process(config, op_selection=ops)
    assert part.output_for_node("numbers") == {"a": 1, "b": 2}
    assert part.output_for_node("times") == {"a": "xx", "b": "xxxx"}
    assert part.output_for_node("times[b]") == "xxxx"
    with pytest.raises(PlanRefused, match=r"is mapped over what mapped\.numbers yields"):
        planner.plan(PlanRequest(selection=Selection(job="mapped", op_selection=("times",))))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (
            {"execution": {"config": {}}},
            r"\n  execution: it is no config here: how steps run is said by",
        ),
        ({"loggers": {}, "ops": {}}, r"\n  loggers: it is no config here"),
        (
            {"opps": {}},
            r"\n  opps: there is no 'opps' here; there is ops, resources\. Did you mean 'ops'",
        ),
    ],
)
def test_what_is_no_config_of_nodes_is_refused_where_it_stands(config: Any, says: str) -> None:
    with pytest.raises(PlanRefused, match=says):
        planned(config={**config, "inputs": {"at": 1}})
