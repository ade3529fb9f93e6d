"""A step that finds something other than was planned makes what it was to read doubtful."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.treadle_launcher.test_reuse import LAST, MAKE, Story, chain, first, ref
from treadle_contract.event import StepFailed
from treadle_contract.ids import KeyText, RunId
from treadle_contract.plan import Load, PlannedInput, PlannedSource
from treadle_contract.run import Failure, FailureReason
from treadle_launcher.planning.doubts import doubted_after
from treadle_launcher.runs.events import NewEvent

STALE = StepFailed(failure=Failure(reason=FailureReason.STALE, message="its value is lost"))


def test_a_value_of_the_same_run_is_doubted() -> None:
    view = first(last=STALE)
    (made,) = view.steps[view.index.step(LAST).inputs[0].sources[0].step_output.step_key].outputs[
        "r"
    ]

    assert list(doubted_after(view, NewEvent(payload=STALE, step_key=LAST))) == [made.value_ref.key]


def test_a_loaded_value_is_doubted_and_what_has_none_is_not() -> None:
    loads = tuple(
        Load(
            asset_key=KeyText(key),
            value_ref=value_ref,
            io_manager_key="io_manager",
            builtin_manager=True,
        )
        for key, value_ref in {"a": ref("runs/k"), "theirs": None}.items()
    )
    reading = PlannedInput(
        name="x", sources=tuple(PlannedSource(load_asset_key=load.asset_key) for load in loads)
    )
    plan = chain()
    make = replace(plan.steps[0], inputs=(reading,))
    view = Story(RunId("R"), replace(plan, steps=(make, *plan.steps[1:]), loads=loads)).view

    assert list(doubted_after(view, NewEvent(payload=STALE, step_key=MAKE))) == ["runs/k"]


@pytest.mark.parametrize("reason", sorted(set(FailureReason) - {FailureReason.STALE}))
def test_another_failure_makes_nothing_doubtful(reason: FailureReason) -> None:
    failed = StepFailed(failure=Failure(reason=reason, message="it did not go"))

    assert list(doubted_after(first(last=failed), NewEvent(payload=failed, step_key=LAST))) == []
