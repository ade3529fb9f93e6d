"""Steps that share a process: what they pass on, and what becomes of them when it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import ASSETS, Session, Start, emptied
from tests.e2e.standing import Standing, standing, wait_for
from treadle_client import StepState


@pytest.fixture
def session(shared: Start, scratch: Path) -> Session:
    emptied(scratch)
    return shared("tasks.py")


def said(session: Session, run_id: str) -> list[tuple[str, int, str]]:
    """Return what steps logged, which is their process, in the order they did."""
    return [
        (each.step_key, each.attempt, each.message.whole())
        for each in session.events(run_id)
        if isinstance(each, treadle_client.LogRecord)
    ]


def counted(session: Session, run_id: str) -> Counter[str]:
    return Counter(each.kind for each in session.events(run_id))


def test_values_that_no_file_holds_pass_from_step_to_step_in_one_process(session: Session) -> None:
    result = session.succeed("hand_over")

    logged = said(session, result.run_id)
    assert [key for key, *_ in logged] == ["hand_over.makes", "hand_over.passes", "hand_over.ends"]
    assert len({pid for *_, pid in logged}) == 1
    assert session.value("hand_over") == "lock"
    stored = [
        (each.step_key, each.in_memory, each.value_ref is None)
        for each in session.events(result.run_id)
        if isinstance(each, treadle_client.OutputStored)
    ]
    assert stored == [
        ("hand_over.makes", True, True),
        ("hand_over.passes", True, True),
        ("hand_over.ends", False, False),
    ]


def test_each_step_has_the_output_that_it_printed(session: Session) -> None:
    run = session.client.run(session.succeed("hand_over").run_id)

    def printed(step: str) -> str:
        return b"".join(
            chunk.data for chunk in run.logs(f"hand_over.{step}", stream="stdout")
        ).decode()

    assert printed("makes") == "printed by makes"
    assert printed("passes") == "printed by passes\n"
    assert printed("ends") == ""


def test_the_plan_says_which_steps_share_a_process(session: Session) -> None:
    plan = session.client.plan("hand_over or fails")
    assert {step.task for step in plan.steps} == {"hand_over.makes", "fails.raises"}
    assert "TASK" in str(plan)
    alone = session.client.plan("hand_over", isolation="op")
    assert {step.task for step in alone.steps} == {""}
    one = session.client.plan("hand_over or fails", isolation="run")
    assert len({step.task for step in one.steps}) == 1


def test_what_was_in_memory_alone_is_made_again_when_its_process_died(session: Session) -> None:
    result = session.succeed("survives")

    assert {key: step.attempts for key, step in result.steps.items()} == {
        "survives.makes": 2,
        "survives.dies_once": 2,
        "survives.ends": 1,
    }
    again = [
        each.step_key
        for each in session.events(result.run_id)
        if isinstance(each, treadle_client.StepRecomputed)
    ]
    assert again == ["survives.makes"]
    pids = {key: pid for key, attempt, pid in said(session, result.run_id) if attempt == 2}
    assert len({*pids.values(), said(session, result.run_id)[-1][2]}) == 1


def attempts_of(session: Session, run_id: str, key: str) -> list[tuple[str, int]]:
    """Return what became of a step's attempts, in the order it did."""
    kinds = ("step_started", "step_retry_scheduled", "step_succeeded", "step_failed")
    return [
        (each.kind, each.attempt)
        for each in session.events(run_id)
        if each.step_key == key and each.kind in kinds
    ]


def test_a_step_that_raised_is_tried_again_in_its_process(session: Session) -> None:
    result = session.succeed("tried_again")

    assert attempts_of(session, result.run_id, "tried_again.raises_once") == [
        ("step_started", 1),
        ("step_retry_scheduled", 1),
        ("step_started", 2),
        ("step_succeeded", 2),
    ]
    assert counted(session, result.run_id)["step_recomputed"] == 0
    assert len({pid for *_, pid in said(session, result.run_id)}) == 1
    run = session.client.run(result.run_id)
    printed = [
        b"".join(
            chunk.data
            for chunk in run.logs("tried_again.raises_once", attempt=attempt, stream="stdout")
        )
        for attempt in (1, 2)
    ]
    assert printed == [b"attempt 0\n", b"attempt 1\n"]


def test_what_an_attempt_started_is_gone_when_it_is_tried_again(session: Session) -> None:
    result = session.succeed("tidied")

    assert session.value("tidied") == {"daemon is gone": True, "server lives": True}
    assert counted(session, result.run_id)["step_recomputed"] == 0


@pytest.mark.parametrize("asset", ["tried_later", "asked_again"])
def test_a_step_whose_retry_waits_or_was_asked_for_gets_another_process(
    session: Session, asset: str
) -> None:
    result = session.succeed(asset)

    assert counted(session, result.run_id)["step_recomputed"] == 1
    assert len({pid for *_, pid in said(session, result.run_id)}) == 2


def test_a_step_is_tried_again_as_often_as_its_policy_says(session: Session) -> None:
    result = session.run("fails_each_time")

    step = result.steps["fails_each_time.never_ends_well"]
    assert (step.state, step.attempts) == (StepState.FAILED, 3)
    assert counted(session, result.run_id)["step_recomputed"] == 0


def test_a_step_that_raises_leaves_the_others_to_run(session: Session) -> None:
    result = session.run("fails")

    assert {key: step.state for key, step in result.steps.items()} == {
        "fails.raises": StepState.FAILED,
        "fails.stands_alone": StepState.SUCCEEDED,
        "fails.reads_both": StepState.NOT_RUN,
    }


def test_a_step_that_closed_what_its_process_reports_on_is_told_so(session: Session) -> None:
    result = session.run("closes")

    failure = result.steps["closes.closes_all"].failure
    assert failure is not None
    assert "closed the descriptor that its process reports to Treadle on" in failure.message
    assert result.steps["closes.stands_alone"].state is StepState.SUCCEEDED


def test_what_reads_an_output_that_was_left_out_is_skipped_with_what_comes_after(
    session: Session,
) -> None:
    result = session.run("lacks")

    assert {key: step.state for key, step in result.steps.items()} == {
        "lacks.leaves_out": StepState.SUCCEEDED,
        "lacks.unfed": StepState.SKIPPED,
        "lacks.after": StepState.SKIPPED,
    }


def test_a_fan_in_of_which_an_element_was_left_out_runs_once(session: Session) -> None:
    result = session.succeed("lacks_one")

    assert {key: (step.state, step.attempts) for key, step in result.steps.items()} == {
        "lacks_one.leaves_out": (StepState.SUCCEEDED, 1),
        "lacks_one.unfed": (StepState.SKIPPED, 0),
        "lacks_one.counts_all": (StepState.SUCCEEDED, 1),
    }
    assert session.value("lacks_one") == 1


@pytest.mark.parametrize("isolation", ["asset", "run"])
def test_a_step_that_runs_for_less_than_was_selected_runs_nothing_twice(
    session: Session, isolation: str
) -> None:
    result = session.run("left or right or passed or of_left or of_right", isolation=isolation)

    assert result.succeeded
    assert counted(session, result.run_id)["step_recomputed"] == 0
    assert {step.attempts for step in result.steps.values()} == {1}


def test_a_step_that_made_an_asset_does_not_run_again(session: Session) -> None:
    result = session.succeed("table or total")

    assert {key: step.attempts for key, step in result.steps.items()} == {
        "stores_one.splits": 1,
        "stores_one.fails_once": 2,
    }
    assert counted(session, result.run_id)["asset_materialized"] == 2


def test_a_rerun_passes_on_in_memory_around_what_it_reuses(session: Session) -> None:
    failed = session.run("ordered")
    again = session.client.run(failed.run_id).rerun().result(timeout=60)

    assert counted(session, again.run_id)["step_reused"] == 1
    assert {key: step.state for key, step in again.steps.items()} == {
        "ordered.makes": StepState.SUCCEEDED,
        "ordered.effect": StepState.SUCCEEDED,
        "ordered.fails_after": StepState.FAILED,
    }


def test_a_rerun_makes_again_what_was_in_memory_alone(session: Session) -> None:
    failed = session.run("fails_late")
    assert failed.steps["fails_late.stands_alone"].state is StepState.SUCCEEDED
    again = session.client.run(failed.run_id).rerun().result(timeout=60)

    assert counted(session, again.run_id)["step_reused"] == 0
    assert again.steps["fails_late.stands_alone"].attempts == 1


def test_a_checkpoint_is_stored_and_reused(session: Session) -> None:
    failed = session.run("kept")
    again = session.client.run(failed.run_id).rerun().result(timeout=60)

    assert again.steps["kept.costly"].attempts == 0
    assert counted(session, again.run_id)["step_reused"] == 1


@pytest.mark.parametrize("isolation", ["op", "asset", "run"])
def test_isolation_changes_no_value(session: Session, isolation: str) -> None:
    session.succeed("stored_twice", isolation=isolation)
    assert session.value("stored_twice") == 2


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standing]:
    monkeypatch.setenv("TREADLE_TEST_SCRATCH", str(tmp_path))
    with standing(
        ASSETS / "tasks.py", tmp_path / "home", flags=("--term-grace", "0.5")
    ) as services:
        yield services


def test_a_task_goes_on_without_its_launcher_and_the_next_one_hears_of_it(
    services: Standing, tmp_path: Path
) -> None:
    with services.connect() as client:
        run_id = client.materialize("goes_on").run_id
        wait_for((tmp_path / "began").exists, client)
    services.kill_launcher()
    (tmp_path / "release").touch()
    services.start_launcher()
    with services.connect() as client:
        result = client.run(run_id).result(timeout=60)
    assert result.succeeded
    assert {step.attempts for step in result.steps.values()} == {1}


def test_a_cancel_ends_the_task_and_begins_nothing_more_of_it(
    services: Standing, tmp_path: Path
) -> None:
    with services.connect() as client:
        handle = client.materialize("goes_on")
        wait_for((tmp_path / "began").exists, client)
        handle.cancel()
        result = handle.result(timeout=60)
    assert {key: (step.state, step.attempts) for key, step in result.steps.items()} == {
        "goes_on.makes": (StepState.SUCCEEDED, 1),
        "goes_on.waits": (StepState.CANCELLED, 1),
        "goes_on.ends": (StepState.CANCELLED, 0),
    }
