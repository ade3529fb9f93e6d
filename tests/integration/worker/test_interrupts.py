"""What an op hears when it is told to end, and that whatever it makes of that makes no asset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.worker.conftest import Message, Served, workplace
from tests.integration.worker.preforked import Prefork

OPS = """
import asyncio, atexit, ctypes, signal, subprocess, sys, threading, time
import treadle

def wait(context):
    context.log.warning("waits")
    while True:
        signal.pause()

@asset
def unwinds(context):
    atexit.register(print, "atexit")
    try:
        wait(context)
    except Exception:
        print("an Exception")
    except treadle.StepInterrupted as told:
        print(type(told).__name__, told.reason, threading.current_thread() is threading.main_thread())
        raise
    finally:
        time.sleep(0.3)
        print("finally")

@asset
def swallows(context):
    try:
        wait(context)
    except BaseException:
        return 1

@asset
def exits(context):
    try:
        wait(context)
    finally:
        sys.exit(0)

@asset
def raises(context):
    try:
        wait(context)
    finally:
        raise RuntimeError("cannot clean up")

@asset
def listens(context):
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    context.log.warning("waits")
    while not told.wait(0.05):
        pass
    print("told")
    return 1

@multi_asset(outs={"first": AssetOut(), "second": AssetOut()})
def yields(context):
    yield Output(1, "first")
    try:
        wait(context)
    except treadle.StepInterrupted:
        yield Output(2, "second")

@asset
async def awaits(context):
    async def beside():
        try:
            await asyncio.sleep(600)
        finally:
            print("beside")
    task = asyncio.create_task(beside())
    await asyncio.sleep(0)
    try:
        context.log.warning("waits")
        await asyncio.sleep(600)
    finally:
        print("finally")

@asset
def runs_a_program(context):
    with subprocess.Popen(["/bin/sh", "-c", "trap 'echo told; exit' TERM; echo >ready; while :; do sleep 0.05; done"]) as program:
        while not __import__("os").path.exists("ready"):
            time.sleep(0.01)
        context.log.warning("waits")
        while True:
            time.sleep(600)

@asset
def in_c(context):
    context.log.warning("waits")
    mutex = ctypes.create_string_buffer(64)
    lock = ctypes.CDLL(None).pthread_mutex_lock
    lock(mutex)
    lock(mutex)

@asset
def keeps_a_thread(context):
    atexit.register(print, "atexit")
    threading.Thread(target=stay, args=(context,)).start()
    return 1

def stay(context):
    while sys._current_frames()[threading.main_thread().ident].f_code.co_name != "_shutdown":
        time.sleep(0.01)
    context.log.warning("waits")
    threading.Event().wait()

@asset
def leaves_a_thread(context):
    atexit.register(print, "atexit")
    threading.Thread(target=threading.Event().wait).start()
    wait(context)

@asset
def times_out():
    try:
        while True:
            signal.pause()
    except treadle.StepInterrupted as told:
        print(told.reason)
        return 1

@asset
def interrupts_itself():
    raise treadle.StepInterrupted
"""
# What does not depend on how the process began is shown once.
FORKED = pytest.mark.parametrize("served", ["auto"], indirect=True)
OUTPUTS = [
    {
        "name": name,
        "selected": True,
        "mustYield": True,
        "assets": [
            {"assetKey": name, "selected": True, "ioManagerKey": "io_manager", "valueKey": name}
        ],
        "ioManagerKey": "io_manager",
    }
    for name in ("first", "second")
]


@pytest.fixture(scope="module", params=["auto", "spawn"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prefork: Prefork
) -> Iterator[Served]:
    """Give a host of each start method; every test has ops of its own in it."""
    with workplace(tmp_path_factory.mktemp("interrupts"), prefork) as place:
        yield place.serve(OPS, startMethod=request.param)


def cancelled(served: Served, step: str, **options: Any) -> Message:
    """Cancel a step once it waits; return how its attempt ended."""
    given = {name: options.pop(name) for name in ("attempt", "step_fields") if name in options}
    task_id = served.send_task(step, **given)
    assert served.record("logRecord")["logRecord"]["message"] == "waits"
    served.connection.send(cancel={"taskId": task_id, "graceMs": 20_000, **options})
    records = served.connection.records(task_id)
    served.connection.send(commit={"record": records[-1]["number"]})
    assert "cancelled" in records[-1], records[-1]
    found: Message = records[-1]["cancelled"]
    return found


def test_an_op_hears_that_it_is_cancelled_as_an_exception(served: Served) -> None:
    ended = cancelled(served, "unwinds")
    cancelled(served, "awaits")
    cancelled(served, "runs_a_program")

    assert ended["signal"] == "SIGTERM"
    assert served.place.log("stdout", "unwinds").splitlines() == [
        "StepInterrupted cancelled True",
        "finally",
        "atexit",
    ]
    assert served.place.log("stderr", "unwinds") == ""
    assert sorted(served.place.log("stdout", "awaits").split()) == ["beside", "finally"]
    assert served.place.log("stdout", "runs_a_program") == "told\n"


def test_whatever_an_op_makes_of_a_cancel_it_makes_no_asset(served: Served) -> None:
    cancelled(served, "swallows")
    cancelled(served, "exits")
    cancelled(served, "listens")
    both = {"selectedOutputs": ["first", "second"], "outputs": OUTPUTS}
    cancelled(served, "yields", step_fields=both)
    raised = cancelled(served, "raises")

    assert served.place.log("stdout", "listens") == "told\n"
    assert "RuntimeError: cannot clean up" in raised["stderrTail"]["head"]


def test_an_op_hears_that_its_time_is_over(served: Served) -> None:
    # As of a run whose time is over.
    cancelled(served, "unwinds", attempt=2, showStacks=True)

    assert served.place.log("stdout", "unwinds", 2).startswith("StepInterrupted timeout True\n")


@FORKED
def test_a_timeout_that_an_op_heard_of_is_that(served: Served) -> None:
    failure = served.run("times_out", step_fields={"timeoutMs": 700})[-1]["failed"]["failure"]

    assert served.place.log("stdout", "times_out") == "timeout\n"
    assert failure["reason"] == "FAILURE_REASON_TIMEOUT"
    assert "errorClass" not in failure
    assert any("StepInterrupted was raised" in each for each in failure["evidence"])


@FORKED
def test_an_op_that_cannot_hear_an_exception_is_ended_by_term(served: Served) -> None:
    ended = cancelled(served, "in_c", graceMs=1_000)

    assert ended["signal"] == "SIGTERM"


def test_an_op_that_returned_and_waits_for_a_thread_runs_its_exit_handlers(served: Served) -> None:
    ended = cancelled(served, "keeps_a_thread")

    assert ended["signal"] == "SIGTERM"
    assert served.place.log("stdout", "keeps_a_thread") == "atexit\n"


@FORKED
def test_an_op_that_leaves_a_thread_when_it_is_told_to_end_is_not_kept_by_it(
    served: Served,
) -> None:
    ended = cancelled(served, "leaves_a_thread")

    assert ended["signal"] == "SIGTERM"
    assert served.place.log("stdout", "leaves_a_thread") == "atexit\n"


@FORKED
def test_a_step_interrupted_that_nobody_sent_is_a_failure(served: Served) -> None:
    failure = served.run("interrupts_itself")[-1]["failed"]["failure"]

    assert failure["reason"] == "FAILURE_REASON_USER_ERROR"
    assert "nobody told it to end" in failure["message"]
