"""A step whose op has ended, and whose process stays: what keeps it is told."""

from __future__ import annotations

import pytest

from tests.integration.worker.conftest import Workplace

OPS = """
import atexit, subprocess, threading, time

def pump(stop):
    stop.wait()

def close_all(program):
    program.wait()

@asset
def thread():
    threading.Thread(target=pump, args=(threading.Event(),), name="the pump").start()

@asset
def handler():
    program = subprocess.Popen(["sleep", "600"])
    atexit.register(close_all, program)

@asset
def pool():
    from concurrent.futures import ThreadPoolExecutor
    ThreadPoolExecutor(1).submit(threading.Event().wait)
    raise ValueError("no")
"""


def line_of(text: str) -> int:
    # The module begins with the line that imports treadle.
    return OPS.splitlines().index(text) + 2


@pytest.mark.parametrize("start", ["auto", "spawn"])
def test_what_keeps_a_process_whose_op_has_ended_is_told(place: Workplace, start: str) -> None:
    served = place.serve(OPS, startMethod=start)
    tasks = {step: served.send_task(step) for step in ("thread", "handler", "pool")}

    told = {}
    while len(told) < len(tasks):
        record = served.record("logRecord")
        assert record["logRecord"]["level"] == "WARNING"
        told[record["stepKey"]] = record["logRecord"]["message"]
    for task_id in tasks.values():
        served.connection.send(cancel={"taskId": task_id, "graceMs": 0})
        assert "cancelled" in served.connection.records(task_id)[-1]

    assert told["thread"] == (
        "The op ended 5 s ago, and its process waits for thread 'the pump' (target pump), at "
        f"{served.path}:{line_of('    stop.wait()')} in pump. End a thread before the op returns, "
        "or start it with daemon=True."
    )
    place_of_handler = f"{served.path}:{line_of('    program.wait()')} in close_all"
    assert f"is in what runs at its exit, at {place_of_handler}." in told["handler"]
    assert "(sleep)" in told["handler"]
    assert "waits for thread 'ThreadPoolExecutor" in told["pool"]
