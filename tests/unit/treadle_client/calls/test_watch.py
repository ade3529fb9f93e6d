from __future__ import annotations

import grpc
import pytest

import treadle_client
from treadle_client import Client


def sequences(events):
    return [event.sequence for event in events]


@pytest.fixture
def client(address):
    with Client.connect(address, patience=5.0) as client:
        yield client


def test_a_connection_that_breaks_leaves_no_gap_and_no_duplicate(client, launcher):
    launcher.cuts = [2, 0, 1, 2]

    assert sequences(client.run("r").events()) == [1, 2, 3, 4, 5, 6]
    after = [request.after_sequence for request in launcher.requests("WatchRun")]
    assert after == [0, 2, 2, 3, 5]


def test_a_watcher_that_is_behind_goes_on_where_it_stopped(client, launcher, refuse):
    refuse("WatchRun", grpc.StatusCode.RESOURCE_EXHAUSTED, "WATCHER_BEHIND", once=True)

    assert sequences(client.run("r").events()) == [1, 2, 3, 4, 5, 6]
    assert len(launcher.requests("WatchRun")) == 2


def test_a_gap_in_the_log_is_a_fault_of_the_launcher(client, launcher):
    del launcher.events[2]

    with pytest.raises(treadle_client.ServerFaultError, match="event 4 came after event 2"):
        list(client.run("r").events())


def test_a_launcher_that_stays_away_raises_when_patience_is_over(launcher, address):
    launcher.cuts = [2, *([0] * 10_000)]

    with Client.connect(address, patience=0.2) as client:
        events = client.run("r").events()
        seen = [next(events), next(events)]
        with pytest.raises(treadle_client.UnreachableError):
            next(events)

    assert sequences(seen) == [1, 2]


def test_without_following_the_events_recorded_now_are_all(client, launcher):
    launcher.events = launcher.events[:3]

    assert sequences(client.run("r").events(follow=False)) == [1, 2, 3]


def test_kinds_from_the_future_are_skipped_but_counted(client, launcher):
    launcher.events[3].ClearField("asset_materialized")

    assert sequences(client.run("r").events()) == [1, 2, 3, 5, 6]
