"""Writes a home of the format that the installed Treadle has, as a sample that tests upgrade.

    python scripts/make_home_sample.py tests/samples/homes

Call it when FORMAT or the payloads of events change, with the last code of the old format. It
runs a small module for real, appends what no run of it shows, and writes `format-N/`: the values
as they are, the database as SQL text, and one payload a kind in `payloads.json`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import treadle_client
from treadle_contract import event as kinds
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.plan import PlanOptions, Selection
from treadle_contract.run import Failure, FailureReason, RunState
from treadle_contract.value import MetadataEntry, Text, ValueRef
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.ids import new_run_id
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs import events
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.records import NewRun
from treadle_launcher.store.store import open_store

MODULE = '''
"""Assets of the sample: what succeeds, is skipped, fails, is discarded, warns, and never ends."""

import time
from treadle import AssetOut, In, MetadataValue, Out, Output, asset, graph_asset, graph_multi_asset
from treadle import multi_asset, op


@asset
def start(context):
    context.log.warning("mind the gap")
    return 1


@op
def add_one(number):
    return number + 1


@op
def double(number):
    return number * 2


@graph_asset
def middle(start):
    return double(add_one(start))


@asset
def end(middle):
    return Output(middle + 7, metadata={"rows": 3, "link": MetadataValue.url("http://x.test/")})


@op(out={"first": Out(), "second": Out()})
def pair():
    return 1, 2


@op
def next_one(second):
    return second + 1


@graph_multi_asset(outs={"one": AssetOut(), "three": AssetOut()}, can_subset=True)
def both():
    first, second = pair()
    return {"one": first, "three": next_one(second)}


@multi_asset(outs={"given": AssetOut(), "left_out": AssetOut(is_required=False)})
def some():
    yield Output(1, "given")


@asset
def reads_left_out(left_out):
    return left_out


@asset
def broken():
    raise ValueError("it is broken")


@asset
def below_broken(broken):
    return broken


@asset
def endless():
    time.sleep(3600)
'''

SELECTIONS = ("start or middle or end", "end", "three", "given or left_out or reads_left_out")


def main(folder: str) -> None:
    """Write the sample below the folder."""
    with tempfile.TemporaryDirectory(prefix="treadle-sample-") as work:
        home, module = Path(work, "home"), Path(work, "sample_assets.py")
        module.write_text(MODULE)
        _run_module(module, home)
        number = (home / "FORMAT").read_text().strip()
        asyncio.run(_append(home / "treadle.db"))
        sample = Path(folder, f"format-{number}")
        shutil.rmtree(sample, ignore_errors=True)
        shutil.copytree(home / "values", sample / "values")
        for name in ("FORMAT", "id"):
            shutil.copy(home / name, sample / name)
        (sample / "treadle.sql").write_text(_dump(home / "treadle.db", Path(work)))
        payloads = [{"kind": kind, "payload": text} for kind, text in _payloads()]
        (sample / "payloads.json").write_text(json.dumps(payloads, indent=1) + "\n")


def _run_module(module: Path, home: Path) -> None:
    """Make runs end in each way."""
    with treadle_client.local(module, home=home, working_directory=module.parent) as client:
        for selection in SELECTIONS:
            client.materialize(selection, tags={"why": "sample"}).result(timeout=60)
        client.materialize("one", unselected_outputs="discard", siblings="load").result(60)
        client.materialize("broken or below_broken", idempotency_key="k1").result(60)
        handle = client.materialize("endless or start")
        for event in handle.events():
            if isinstance(event, treadle_client.StepStarted) and event.step_key == "endless":
                handle.cancel("enough")
        assert handle.result(60).status is treadle_client.RunState.CANCELLED


async def _append(database: Path) -> None:
    """Record a run whose step is tried again, and evaluates a check."""
    with open_store(database) as store:
        earlier = (await store.list_runs(page_size=500)).items[-1]
        plan: Plan = await store.get_run_plan(earlier.run_id)
        spec = await store.get_launch_spec(earlier.run_id)
        submitted = kinds.RunSubmitted(
            location=plan.header.location,
            selection=Selection(),
            options=PlanOptions(),
            digest=plan.header.digest,
            fingerprint=plan.header.fingerprint,
        )
        run_id = new_run_id()
        await store.create_run(
            NewRun(
                run_id=run_id,
                submitted=NewEvent(payload=submitted),
                plan=plan,
                launch_spec=spec,
            )
        )
        key = StepKey("start")

        def step(payload: events.Payload, attempt: int = 1) -> NewEvent:
            return NewEvent(payload=payload, step_key=key, attempt=attempt)

        host = HostId("h1")
        facts = [
            NewEvent(payload=kinds.RunDequeued()),
            NewEvent(payload=kinds.RunStarted(step_count=4, fingerprint=plan.header.fingerprint)),
            step(kinds.StepStarted(host_id=host, task_id=TaskId("t1"))),
            step(
                kinds.StepRetryScheduled(
                    failure=_FAILURE, not_before=as_moment(TimeUs(1)), next_attempt=2
                )
            ),
            step(kinds.StepStarted(host_id=host, task_id=TaskId("t2")), 2),
            step(
                kinds.CheckEvaluated(asset_key=KeyText("start"), check_name="any", passed=True), 2
            ),
            step(kinds.StepFailed(failure=_FAILURE, duration_us=5, pid=7), 2),
            *(
                NewEvent(payload=kinds.StepNotRun(upstream_step_key=key), step_key=StepKey(below))
                for below in ("middle.add_one", "middle.double", "end")
            ),
            NewEvent(payload=kinds.RunFinished(state=RunState.FAILED, failed_step_keys=(key,))),
        ]
        await store.append(run_id, facts)


_FAILURE = Failure(
    reason=FailureReason.USER_ERROR,
    message="it raised",
    traceback=Text(head="Traceback…", tail="", omitted_bytes=0),
    exit_code=1,
    signal="SIGSEGV",
)
_REF = ValueRef(
    store="files", key="runs/R/s/1/o", codec="pickle5", size_bytes=3, checksum="crc32:0"
)
_METADATA = (
    MetadataEntry(name="rows", value=3),
    MetadataEntry(name="at", value="x", rendering="url"),
)


def _payloads() -> Iterator[tuple[str, str]]:
    """Yield a payload of each kind, every field set."""
    run_id, key, step = RunId("R"), KeyText("a/b"), StepKey("g.s")
    full: tuple[events.Payload, ...] = (
        kinds.RunSubmitted(
            location="main",
            selection=Selection(expressions=("a", "+b"), job="j"),
            options=PlanOptions(),
            digest="d",
            fingerprint="f",
            tags={"a": "b"},
            idempotency_key="k",
        ),
        kinds.RunDequeued(),
        kinds.HostReady(
            host_id=HostId("h"),
            digest="d",
            fingerprint="f",
            start_method=kinds.StartMethod.SPAWN,
            start_method_reason="a thread",
            warm=True,
        ),
        kinds.RunStarted(step_count=2, fingerprint="f"),
        kinds.StepExpanded(output="o", mapping_keys=("k0", "k1")),
        kinds.StepStarted(host_id=HostId("h"), task_id=TaskId("t")),
        kinds.InputLoaded(
            input="i",
            position=1,
            asset_key=key,
            from_run_id=run_id,
            from_step_key=step,
            from_output="o",
            value_ref=_REF,
            not_needed=True,
        ),
        kinds.OutputStored(
            output="o", asset_key=key, value_ref=_REF, io_manager_key="m", metadata=_METADATA
        ),
        kinds.OutputDiscarded(output="o", asset_keys=(key,)),
        kinds.AssetMaterialized(
            asset_key=key,
            output="o",
            value_ref=_REF,
            metadata=_METADATA,
            unexpected=True,
            digest="d",
            io_manager_key="m",
        ),
        kinds.CheckEvaluated(
            asset_key=key, check_name="c", passed=False, metadata=_METADATA, blocking=True
        ),
        kinds.LogRecord(level="WARNING", message=Text(head="m"), logger="l"),
        kinds.StepSucceeded(duration_us=1, pid=2),
        kinds.StepFailed(failure=_FAILURE, duration_us=1, pid=2),
        kinds.StepRetryScheduled(failure=_FAILURE, not_before=as_moment(TimeUs(3)), next_attempt=2),
        kinds.StepRecomputed(reason="its value was in memory only"),
        kinds.StepSkipped(upstream_step_key=step, upstream_output="o"),
        kinds.StepNotRun(upstream_step_key=step),
        kinds.StepReused(from_run_id=run_id),
        kinds.CancelRequested(reason="why"),
        kinds.StepCancelled(was_running=True),
        kinds.RunFinished(
            state=RunState.FAILED,
            failure=_FAILURE,
            failed_step_keys=(step,),
            materialization_count=1,
            unexpected_count=1,
        ),
    )
    for payload in full:
        yield events.KIND_NAMES[type(payload)], codec.dumps(payload)


def _dump(database: Path, work: Path) -> str:
    """Return the database as text, without this machine's paths and environment."""
    with closing(sqlite3.connect(database)) as connection:
        for run_id, text in connection.execute("SELECT * FROM launch_specs").fetchall():
            spec = json.loads(text) | {"environment": {"LANG": "C.UTF-8"}}
            connection.execute(
                "UPDATE launch_specs SET spec_json = ? WHERE run_id = ?",
                (json.dumps(spec, separators=(",", ":")), run_id),
            )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        text = "\n".join(connection.iterdump())
    for path, neutral in ((str(work), "/project"), (sys.executable, "/usr/bin/python3")):
        text = text.replace(path, neutral)
    return f"PRAGMA user_version = {version};\n{text}\n"


if __name__ == "__main__":
    main(sys.argv[1])
