"""Steps of a chain that share a process: `isolation="run"`. Timed as those in processes of their own."""

from __future__ import annotations

import os
import socket
import statistics
import tempfile
import time

import treadle_client
from benchmarks import proofs, user_code
from benchmarks.bench import RUN_SECONDS, Bench, Session, session
from benchmarks.rows import Beside, Found, Row, Target

LENGTH = 200
TARGET_MS = 0.3
WORDS = 50
RECORD = b"x" * 400


def sharing(bench: Bench) -> Found:
    """Measure a chain in one process, beside the least that has each step in a journal first."""
    length = bench.of(LENGTH, 10)
    file = bench.file("sharing.py", user_code.steps(length))
    ones: list[float] = []
    chains: list[float] = []
    limits: list[float] = []
    with session(bench, file) as live:
        _timed(live, "one", 1)
        for _ in bench.repeats(7, 1):
            limits.append(journalled())
            ones.append(_timed(live, "one", 1))
            chains.append(_timed(live, "chain", length))
    yield Row(
        f'op of a chain of {length} in one process, `isolation="run"`',
        (statistics.median(chains) - statistics.median(ones)) / (length - 1),
        "ms",
        (Beside("word to another process, its journal, word back", statistics.median(limits)),),
        Target(TARGET_MS),
    )


def _timed(live: Session, selection: str, steps: int) -> float:
    """Return the milliseconds of a run whose steps share a process, which it has to prove."""
    began = time.perf_counter_ns()
    handle = live.client.materialize(selection, isolation="run")
    handle.result(timeout=RUN_SECONDS).raise_for_failure()
    took = (time.perf_counter_ns() - began) / 1e6
    _prove(live, handle, steps)
    return took


def _prove(live: Session, handle: treadle_client.RunHandle, steps: int) -> None:
    """Check that each step succeeded, in one process, and that the last one's value is on the disk."""
    done = [each for each in handle.events() if isinstance(each, treadle_client.StepSucceeded)]
    proofs.same(handle.run_id, "steps that succeeded", len({each.step_key for each in done}), steps)
    proofs.same(handle.run_id, "processes", len({each.pid for each in done}), 1)
    (last,) = proofs.stored(live.home, handle)
    proofs.same(
        handle.run_id,
        "ops that had run in the process before the last",
        last[2]["ran_before"],
        steps - 1,
    )


def journalled() -> float:
    """Return what it takes, in ms, that another process writes a word down and answers it."""
    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryFile() as journal:
        pid = os.fork()
        if pid == 0:
            ours.close()
            while theirs.recv(1):
                os.write(journal.fileno(), RECORD)
                theirs.send(b"!")
            os._exit(0)
        times = []
        for _ in range(WORDS):
            began = time.perf_counter_ns()
            ours.send(b"?")
            ours.recv(1)
            times.append((time.perf_counter_ns() - began) / 1e6)
        ours.close()
        os.waitpid(pid, 0)
    return statistics.median(times)
