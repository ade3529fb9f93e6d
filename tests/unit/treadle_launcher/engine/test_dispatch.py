from __future__ import annotations

from treadle_contract.event import RunDequeued, RunStarted, RunSubmitted, StepStarted
from treadle_contract.ids import HostId, RunId, StepKey, TaskId
from treadle_contract.plan import PlanOptions, Selection
from treadle_launcher.clock import TimeUs
from treadle_launcher.engine.dispatch import Candidate, Shares, choose
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.run_view import RunView

NOW = TimeUs(1_700_000_000_000_000)


def due(moment):
    return moment <= NOW


def started(plan, *running):
    """Return a run that has started, these steps of it running."""
    submitted = RunSubmitted(
        location="here", selection=Selection(), options=PlanOptions(), digest="", fingerprint=""
    )
    facts = [
        NewEvent(payload=submitted),
        NewEvent(payload=RunDequeued()),
        NewEvent(payload=RunStarted(step_count=0, fingerprint="")),
        *(
            NewEvent(
                payload=StepStarted(host_id=HostId("h"), task_id=TaskId("t")),
                step_key=StepKey(step),
                attempt=1,
            )
            for step in running
        ),
    ]
    events = [
        Event(
            store_sequence=number,
            run_id=RunId("r"),
            sequence=number,
            time=NOW,
            payload=fact.payload,
            step_key=fact.step_key,
            attempt=fact.attempt,
        )
        for number, fact in enumerate(facts, 1)
    ]
    return RunView.fold(plan, events)


def test_the_run_with_the_fewest_running_steps_comes_first(plans):
    busy = started(plans(dict.fromkeys("abcd", ())), "a", "b")
    calm = started(plans(dict.fromkeys("xyz", ())))
    shares = choose([Candidate(busy), Candidate(calm)], 4, due)
    assert shares.chosen == ((1, "x"), (1, "y"), (0, "c"), (1, "z"))


def test_at_a_tie_the_earlier_run_and_in_a_run_the_order_of_the_plan_decide(plans):
    views = [started(plans(dict.fromkeys("ba", ()))), started(plans(dict.fromkeys("dc", ())))]
    shares = choose(list(map(Candidate, views)), 3, due)
    assert shares.chosen == ((0, "b"), (1, "d"), (0, "a"))


def test_nothing_is_chosen_without_a_free_place_or_a_ready_step(plans):
    view = started(plans({"a": (), "b": ("a",)}), "a")
    assert choose([Candidate(view)], 5, due) == Shares((), frozenset())
    one = [Candidate(started(plans({"a": ()})))]
    assert choose(one, 0, due).chosen == ()
    assert choose(one, -1, due).chosen == ()
    assert choose([], 5, due) == Shares((), frozenset())


def test_runs_wait_that_could_start_more_than_there_are_places(plans):
    wide, narrow = started(plans(dict.fromkeys("abc", ()))), started(plans({"x": ()}))
    both = [Candidate(wide), Candidate(narrow)]
    assert choose(both, 0, due).waiting == {0, 1}
    assert choose(both, 2, due).waiting == {0}
    assert choose(both, 4, due).waiting == frozenset()


def test_what_is_held_elsewhere_is_not_started_and_waits_for_no_place(plans):
    view = started(plans({"a": (), "b": ()}))
    assert choose([Candidate(view, ["a"])], 2, due) == Shares(((0, "b"),), frozenset())
