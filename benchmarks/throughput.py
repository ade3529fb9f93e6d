"""Runs of one op that are queued: how many a second end, and what the launcher spends on each."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

import treadle_client
from benchmarks import proofs, user_code
from benchmarks.bench import RUN_SECONDS, Bench, session
from benchmarks.rows import BenchmarkError, Found, Row, Target
from treadle_client.services._home import find_launcher


def queue(bench: Bench) -> Found:
    """Measure from the first submit until every run is seen to have succeeded.

    Each makes an asset of its own: a later version would have the earlier one swept.
    """
    count = bench.of(200, 5)
    file = bench.file("queued.py", user_code.singles(count))
    with session(bench, file) as live:
        live.run("one")
        spent = _spent(live.home)
        began = time.perf_counter()
        handles = [live.client.materialize(f"single_{i:04}") for i in range(count)]
        _await(live.client, handles)
        took = time.perf_counter() - began
        spent = _spent(live.home) - spent
        for handle in handles:
            proofs.proven(live.home, handle, 1)
    of = f"one-op runs, {count} queued"
    yield Row(of, count / took, "runs/s", (), Target(60, at_least=True))
    yield Row(f"{of}: the launcher's processor time, a run", 1e3 * spent / count, "ms")


def _await(client: treadle_client.Client, handles: list[treadle_client.RunHandle]) -> None:
    """Wait for the last run, which mostly ends last, then for the others."""
    for handle in reversed(handles):
        if not handle.status().is_final:
            handle.result(timeout=RUN_SECONDS)
            break
    ended = {run.run_id for run in client.runs(states=["SUCCEEDED"])}
    for handle in handles:
        if handle.run_id not in ended:
            handle.result(timeout=RUN_SECONDS).raise_for_failure()


def _spent(home: Path) -> float:
    """Return the seconds of processor time that the home's launcher has used."""
    running = find_launcher(home)
    if running is None or running.pid is None:
        raise BenchmarkError(f"no launcher runs on {home}")
    times = psutil.Process(running.pid).cpu_times()
    return float(times.user + times.system)
