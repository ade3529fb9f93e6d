"""A launcher that is killed while a retry waits: the next one makes it."""

from __future__ import annotations

import json
import signal

import psutil

from treadle_api.v1 import event_pb2, run_pb2

FAILS_ONCE = """
from pathlib import Path
from treadle import RetryPolicy, asset

@asset(retry_policy=RetryPolicy(max_retries=1, delay=1.0))
def fails_once():
    attempts = Path({folder!r}, "attempts")
    with attempts.open("a") as file:
        file.write("x")
    if len(attempts.read_text()) == 1:
        raise ValueError("the first time")
    return 1
"""


def test_a_retry_that_waits_outlives_its_launcher(services):
    source = FAILS_ONCE.format(folder=str(services.folder))
    code = services.code_server(services.module("fails", source), "fails")
    location = f"fails={code.address}"
    first = services.launcher("--location", location)
    caller = services.caller(first.address)
    run_id = caller.launch("fails_once")
    for response in caller.WatchRun(run_id=run_id):
        if any(event.WhichOneof("kind") == "step_retry_scheduled" for event in response.events):
            break
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL

    second = services.launcher("--location", location)
    caller = services.caller(second.address)
    (waiting,) = caller.ListRunSteps(run_id=run_id).steps
    events = caller.events(run_id)
    run = caller.GetRun(run_id=run_id).run
    hosts = [
        psutil.Process(int(json.loads(file.read_text())["pid"]))
        for file in (services.home / "hosts").glob("*/process.json")
    ]
    assert second.end()[0] == 0
    _, left = psutil.wait_procs(hosts, timeout=60)
    assert left == []

    assert run.state == run_pb2.RUN_STATE_SUCCEEDED
    assert (services.folder / "attempts").read_text() == "xx"
    # Either it waited still, or the start took as long as the retry had to wait.
    assert waiting.state == run_pb2.STEP_STATE_READY or waiting.attempts == 2
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    (retry,) = [e for e in events if e.WhichOneof("kind") == "step_retry_scheduled"]
    assert retry.step_retry_scheduled.ground == event_pb2.RETRY_GROUND_POLICY
    due = retry.step_retry_scheduled.not_before.ToMicroseconds()
    started = [e for e in events if e.WhichOneof("kind") == "step_started"]
    assert [event.attempt for event in started] == [1, 2]
    assert started[1].time.ToMicroseconds() >= due
