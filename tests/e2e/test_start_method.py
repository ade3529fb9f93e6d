"""How step processes start: forked where that is safe, else spawned, and an event says why."""

from __future__ import annotations

import os

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start
from treadle_client import StartMethod

IS_SPAWN_FORCED = os.environ.get("TREADLE_START_METHOD") == "spawn"


def host_ready(session: Session, result: treadle_client.RunResult) -> treadle_client.HostReady:
    for event in session.events(result.run_id):
        if isinstance(event, treadle_client.HostReady):
            return event
    raise AssertionError("no host was ready")


@pytest.mark.skipif(IS_SPAWN_FORCED, reason="what is forced is not chosen")
def test_numpy_pandas_and_pyarrow_fork(start: Start) -> None:
    session = start("native_pools.py")

    result = session.succeed()

    ready = host_ready(session, result)
    assert (ready.start_method, ready.start_method_reason) == (StartMethod.FORK, "")
    facts = result.materializations[0].metadata
    assert (facts["mean"], facts["total"]) == (499.5, 499_500)


def test_a_live_thread_spawns_and_is_named(start: Start) -> None:
    session = start("live_thread.py")

    result = session.succeed()

    ready = host_ready(session, result)
    assert ready.start_method is StartMethod.SPAWN
    if not IS_SPAWN_FORCED:
        assert "holder-of-the-lock" in ready.start_method_reason
    assert result.materializations[0].metadata["threads"] == 2


def test_spawning_can_be_forced(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_START_METHOD", "spawn")
    session = start("seed_subset.py")

    result = session.succeed("baz_asset")

    ready = host_ready(session, result)
    assert ready.start_method is StartMethod.SPAWN
    assert ready.start_method_reason
    assert session.value("baz_asset") == 5
