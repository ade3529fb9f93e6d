"""Measures Dagster, in its own environment: `python dagster_driver.py WHAT …`, from `peer.py`.

Prints one line of JSON. What is asked for is the least that a caller of Dagster can do: the plan's
and the repository's own calls of its code server, and its own launcher of runs.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import AssetKey, DagsterInstance, DagsterRunStatus
from dagster._cli.job import _create_run
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import ExecutionPlanSnapshotArgs

REPOSITORY = "__repository__"
JOB = "__ASSET_JOB"
START_SECONDS = 120
END_SECONDS = 10

ONE_OP = """import time
from dagster import graph_asset, op
@op
def first():
    at = time.monotonic_ns()
    with open({note!r}, "w") as note:
        note.write(str(at))
    return at
@graph_asset
def one():
    return first()
"""


@contextmanager
def code_server(file: Path) -> Iterator[str]:
    """Serve a file; return the socket once it answers."""
    # Below the folder of the benchmarks, which is removed also when this process is killed.
    socket = str(Path(os.environ["DAGSTER_HOME"], f"{time.monotonic_ns()}.sock"))
    command = [sys.executable, "-m", "dagster", "api", "grpc", "--python-file", str(file)]
    with subprocess.Popen(
        [*command, "--socket", socket], stdout=sys.stderr, stdin=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + START_SECONDS
            client = DagsterGrpcClient(socket=socket)
            while not _answers(client):
                assert process.poll() is None, "Dagster's code server ended"
                assert time.monotonic() < until, "Dagster's code server does not answer"
                time.sleep(0.01)
            yield socket
        finally:
            _end(process, socket)
            Path(socket).unlink(missing_ok=True)


def _end(process: subprocess.Popen[bytes], socket: str) -> None:
    """Wait for it to end by itself, or else kill it."""
    try:
        DagsterGrpcClient(socket=socket).shutdown_server()
        process.wait(END_SECONDS)
    except Exception:  # noqa: BLE001 -- it is ended all the same
        process.kill()


def _answers(client: DagsterGrpcClient) -> bool:
    try:
        client.ping("")
    except Exception:  # noqa: BLE001 -- whatever says that it is not there yet
        return False
    return True


def timed(act: Callable[[], Any]) -> float:
    """Return how long an act takes, in ms."""
    began = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began) / 1e6


def load(file: str, key: str, times: str) -> dict[str, float]:
    """Measure exec to first plan of a file's assets, then plans of all, plans of one, the graph."""
    began = time.perf_counter_ns()
    with code_server(Path(file)) as socket:
        client = DagsterGrpcClient(socket=socket)
        repository = RemoteRepositoryOrigin(
            GrpcServerCodeLocationOrigin(host="localhost", socket=socket), REPOSITORY
        )

        def plan(keys: frozenset[AssetKey] | None = None) -> Any:
            return client.execution_plan_snapshot(
                ExecutionPlanSnapshotArgs(
                    job_origin=repository.get_job_origin(JOB),
                    op_selection=[],
                    run_config={},
                    step_keys_to_execute=None,
                    job_snapshot_id="",
                    asset_selection=keys,
                )
            )

        assert "ExecutionPlanSnapshot" in plan()[:40]
        first = (time.perf_counter_ns() - began) / 1e6
        one = frozenset([AssetKey(key)])

        def median(act: Callable[[], Any]) -> float:
            return statistics.median(timed(act) for _ in range(int(times)))

        return {
            "first_plan_ms": first,
            "plan_ms": median(plan),
            "plan_kib": len(plan()) / 1024,
            "one_ms": median(lambda: plan(one)),
            "one_kib": len(plan(one)) / 1024,
            "graph_ms": median(lambda: client.external_repository(repository)),
            "graph_kib": len(client.external_repository(repository)) / 1024,
        }


def submit(times: str) -> dict[str, float]:
    """Measure runs of one op: from the launch to its first line, and to the end as a caller sees it."""
    home = Path(os.environ["DAGSTER_HOME"])
    file = home / "dagster_one_op.py"
    note = home / "first_line"
    file.write_text(ONE_OP.format(note=str(note)))
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    firsts, results = [], []
    with code_server(file) as socket, DagsterInstance.get() as instance:
        target = GrpcServerTarget(host="localhost", socket=socket, port=None, location_name="bench")
        with WorkspaceProcessContext(instance, target) as process:
            context = process.create_request_context()
            # The first one warms what can be warm.
            for _ in range(1 + int(times)):
                began = time.monotonic_ns()
                _run(instance, context)
                results.append((time.monotonic_ns() - began) / 1e6)
                firsts.append((int(note.read_text()) - began) / 1e6)
    return {
        "first_ms": statistics.median(firsts[1:]),
        "result_ms": statistics.median(results[1:]),
    }


def _run(instance: DagsterInstance, context: Any) -> None:
    """Launch a run as `dagster job launch` does, and wait for its success, asking often."""
    location = context.get_code_location("bench")
    repository = location.get_repository(REPOSITORY)
    job = repository.get_full_job(JOB)
    run = _create_run(instance, location, repository, job, {}, {}, None, None)
    instance.launch_run(run.run_id, context)
    until = time.monotonic() + START_SECONDS
    while (status := instance.get_run_by_id(run.run_id).status) != DagsterRunStatus.SUCCESS:
        assert status != DagsterRunStatus.FAILURE, f"run {run.run_id} failed"
        assert time.monotonic() < until, f"run {run.run_id} does not end"
        time.sleep(0.01)


MEASURES: dict[str, Callable[..., dict[str, float]]] = {"load": load, "submit": submit}

if __name__ == "__main__":
    print(json.dumps(MEASURES[sys.argv[1]](*sys.argv[2:])))
