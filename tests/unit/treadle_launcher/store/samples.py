"""Plans, runs and facts for the tests of the store, and the way into one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from treadle_contract.event import (
    AssetMaterialized,
    RunDequeued,
    RunFinished,
    RunStarted,
    RunSubmitted,
    StepStarted,
)
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.plan import (
    Load,
    LoadState,
    PlanHeader,
    PlannedStep,
    PlanOptions,
    Selection,
    Verdict,
)
from treadle_contract.run import RunState
from treadle_contract.value import MetadataEntry
from treadle_launcher.clock import Clock, ManualClock, TimeUs
from treadle_launcher.ids import new_run_id
from treadle_launcher.locations.launch_spec import FileTarget, LaunchSpec, ModuleTarget
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.records import CreatedRun, IdempotentRequest, NewRun
from treadle_launcher.store.store import Store, open_store

T = TypeVar("T")

SPEC = LaunchSpec(
    interpreter="/usr/bin/python",
    working_directory="/project",
    targets=(FileTarget(path="/project/assets.py"), ModuleTarget(name="more.assets")),
    digest="d1",
    import_timeout_ms=60_000,
    environment={"SECRET": "s3cret"},
)

STARTED = (
    NewEvent(payload=RunDequeued()),
    NewEvent(payload=RunStarted(step_count=3, fingerprint="f1")),
)
SUCCEEDED = NewEvent(payload=RunFinished(state=RunState.SUCCEEDED))


def on_store(
    database: Path, body: Callable[[Store], Awaitable[T]], clock: Clock | None = None
) -> T:
    """Run a body on the store in this file, and close it."""

    async def opened() -> T:
        # All that is asked of it is read from the file.
        with open_store(database, clock or ManualClock(), recent_runs=0) as store:
            return await body(store)

    return asyncio.run(asyncio.wait_for(opened(), timeout=60))


def make_plan(fingerprint: str = "f1", *, steps: int = 3, loads: Sequence[Load] = ()) -> Plan:
    """Return a plan of independent steps s0, s1, …"""
    return Plan(
        header=PlanHeader(location="main", digest="d1", fingerprint=fingerprint),
        steps=tuple(
            PlannedStep(key=StepKey(f"block.s{number}"), block="block", verdict=Verdict.RUN)
            for number in range(steps)
        ),
        loads=tuple(loads),
    )


def recorded_load(key: str) -> Load:
    """Return a load as the launcher resolves it."""
    return Load(
        asset_key=KeyText(key),
        state=LoadState.RECORDED,
        run_id=RunId("R"),
        store_sequence=7,
        io_manager_key="io_manager",
        builtin_manager=True,
    )


def make_run(
    plan: Plan | None = None, *, location: str = "main", request: IdempotentRequest | None = None
) -> NewRun:
    """Return a run that is to be recorded."""
    plan = plan or make_plan()
    submitted = RunSubmitted(
        location=location,
        selection=Selection(expressions=("a", "b+")),
        options=PlanOptions(),
        digest=plan.header.digest,
        fingerprint=plan.header.fingerprint,
        tags={"owner": "me"},
        idempotency_key="" if request is None else request.key,
    )
    return NewRun(
        run_id=new_run_id(),
        submitted=NewEvent(payload=submitted),
        plan=plan,
        launch_spec=SPEC,
        request=request,
    )


async def started_run(store: Store, *, location: str = "main") -> RunId:
    """Record a run and start it: its last sequence is 3."""
    created: CreatedRun = await store.create_run(make_run(location=location))
    await store.append(created.run.run_id, STARTED)
    return created.run.run_id


def step_started(number: int, attempt: int = 1) -> NewEvent:
    """Return that a step's attempt was handed to a host."""
    return NewEvent(
        payload=StepStarted(host_id=HostId("h"), task_id=TaskId(f"t{number}")),
        step_key=StepKey(f"block.s{number}"),
        attempt=attempt,
    )


def made(key: str, *, time: TimeUs | None = None, text: str = "") -> NewEvent:
    """Return that the first step made an asset, with one metadata entry if it has a text."""
    metadata = (MetadataEntry(name="note", value=text),) if text else ()
    payload = AssetMaterialized(
        asset_key=KeyText(key), output="result", digest="d1", metadata=metadata
    )
    return NewEvent(payload=payload, step_key=StepKey("block.s0"), attempt=1, time=time)
