"""The scenarios of `make chaos`, each as short as it can be and still mean something."""

from __future__ import annotations

import pytest

from tests.chaos import adversity
from tests.chaos.beside import beside
from tests.chaos.cancels import cancels
from tests.chaos.kills import ALL, SERVICES, storm
from tests.chaos.people import people
from tests.chaos.power_cut import power_cut
from tests.chaos.refusals import store_refuses
from tests.chaos.submits import submits

SEED = 1
READS = 1315
"""A seed by which another user may not read the home, and its own may while its hosts are stopped."""


def test_killed_services_cost_no_run_and_no_step_twice() -> None:
    outcome = storm(SEED, runs=2, moments=2, victims=SERVICES, asset="plain", op_ms=100, pause=0.4)
    assert outcome.faults == []
    assert outcome.runs == {"SUCCEEDED": 3}
    assert outcome.kills.total() >= 2


def test_what_hosts_begin_by_themselves_runs_once_across_kills() -> None:
    outcome = storm(
        SEED, runs=2, moments=3, victims=SERVICES, asset="plain", op_ms=100, pause=0.2, at_once=2
    )
    assert outcome.faults == []
    assert outcome.runs == {"SUCCEEDED": 3}
    assert outcome.by_hosts


def test_killed_hosts_and_steps_are_named_and_tried_again_where_a_policy_says_so() -> None:
    outcome = storm(SEED, runs=2, moments=4, victims=ALL, asset="sturdy", op_ms=100, pause=0.3)
    assert outcome.faults == []
    assert outcome.runs == {"SUCCEEDED": 3}


def test_fan_outs_come_to_the_same_whatever_is_killed() -> None:
    outcome = storm(SEED, runs=2, moments=4, victims=ALL, asset="fanned", op_ms=100, pause=0.3)
    assert outcome.faults == []
    assert outcome.runs == {"SUCCEEDED": 3}


def test_steps_that_share_a_process_survive_what_is_killed_of_it() -> None:
    outcome = storm(
        SEED, runs=6, moments=4, victims=ALL, asset="sharing", op_ms=20, pause=0.3, at_once=3
    )
    assert outcome.faults == []
    assert outcome.runs == {"SUCCEEDED": 7}
    assert outcome.lost["user_error"]


def test_a_home_is_taken_up_after_a_power_cut() -> None:
    outcome = power_cut(SEED, cuts=1, runs=2, asset="plain", op_ms=80)
    assert outcome.faults == []
    assert outcome.runs.total() == 3


def test_nothing_outlives_a_cancel() -> None:
    outcome = cancels(SEED, count=10, at_once=10, warm=True)
    assert outcome.faults == []
    assert outcome.alive == 0
    assert outcome.began


def test_one_key_makes_one_run_across_a_kill() -> None:
    outcome = submits(SEED, racers=40, kills=1)
    assert outcome.faults == []
    assert (outcome.answers, outcome.runs) == (40, 1)


def test_what_people_do_around_a_crash_costs_no_run_and_no_step_twice() -> None:
    outcome = people(READS, runs=1, kills=1, most=2, op_ms=100, pause=0.1)
    assert outcome.faults == []
    assert outcome.runs == {"SUCCEEDED": 2}
    assert outcome.kills.total() == 1
    assert outcome.compared["whole"]


def test_bad_steps_leave_those_beside_them_alone() -> None:
    outcome = beside()
    assert outcome.faults == []
    assert outcome.steps == {"SUCCEEDED": 18, "FAILED": 2}


def test_a_full_disk_ends_in_a_clear_error_or_a_recovery() -> None:
    outcome = adversity.full_disk(SEED)
    if outcome is None:
        pytest.skip("no small disk can be mounted here")
    assert outcome.faults == []


def test_a_launcher_that_cannot_go_on_for_a_while_costs_no_step_and_runs_none_twice() -> None:
    kinds = [adversity.stopped_launcher(1.5), adversity.no_descriptors_in_the_launcher()]
    assert adversity.under(kinds, SEED).faults == []


def test_hosts_that_can_start_nothing_and_journals_that_are_cut_end_in_errors_with_a_name() -> None:
    kinds = [adversity.no_descriptors_in_hosts(), adversity.cut_journal()]
    assert adversity.under(kinds, SEED).faults == []


def test_a_store_that_refuses_costs_no_run_and_no_step_twice() -> None:
    outcome = store_refuses(
        SEED, runs=1, moments=2, longest=1.0, op_ms=300, pause=0.1, fills_disk=False
    )
    assert outcome.faults == []
    assert set(outcome.storm.runs) == {"SUCCEEDED"}
    assert outcome.kinds.total() == 2


def test_a_home_that_cannot_be_written_is_refused_in_words() -> None:
    assert adversity.unwritable_home().faults == []
