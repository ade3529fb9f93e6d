from __future__ import annotations

from treadle_contract.ids import StepKey
from treadle_launcher.clock import ManualClock
from treadle_launcher.ids import RunIds, task_id


def test_run_ids_sort_in_the_order_they_were_made_whatever_the_clock_does():
    clock = ManualClock()
    ids = RunIds(clock)
    made = []
    for move in (0, 0, 1_000, -5_000_000, 0, 10_000_000):
        clock.advance(move)
        made.append(ids.new())
    assert made == sorted(set(made))
    assert {len(each) for each in made} == {26}


def test_a_task_is_named_by_run_step_and_attempt():
    run_id = RunIds(ManualClock()).new()
    assert task_id(run_id, StepKey("g.s"), 2) == f"{run_id}/g.s/2"
