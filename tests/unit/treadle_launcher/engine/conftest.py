"""A launcher's engine on a home of the test's, and hosts that say what the test tells them.

The process of such a host is a real one that sleeps; what it says, the test says for it, over
the real socket.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import struct
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from treadle_access.addresses import UnixAddress
from treadle_contract.codeserver import ImportScope
from treadle_contract.ids import HostId, KeyText, RunId, StepKey
from treadle_contract.plan import (
    PlanHeader,
    PlannedAsset,
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    PlanOptions,
    Selection,
    Verdict,
)
from treadle_launcher.clock import Clock, SystemClock
from treadle_launcher.engine.host import Host
from treadle_launcher.engine.running import EngineParts, running_engine
from treadle_launcher.errors import RefusedError
from treadle_launcher.home.home import open_home
from treadle_launcher.hosts.frames import PROTOCOL_VERSION
from treadle_launcher.hosts.provider import HostProcess
from treadle_launcher.locations.launch_spec import FileTarget, LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.serving.arguments import read
from treadle_launcher.serving.launch_request import Launchable, LaunchRequest, RunLimits
from treadle_launcher.serving.launching import Launching
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.store import open_store

_LENGTH = struct.Struct(">I")
_TEST_SECONDS = 30


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutines, each in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**arguments), _TEST_SECONDS))
    return True


def plan_of(steps: Mapping[str, Sequence[str]], *, digest: str = "digest-1") -> Plan:
    """Return a plan of steps, each reading the output of others and making an asset."""
    return Plan(
        header=PlanHeader(
            location="here", digest=digest, fingerprint=f"fingerprint-of-{digest}-{'-'.join(steps)}"
        ),
        steps=tuple(_step(key, upstreams) for key, upstreams in steps.items()),
    )


def _step(key: str, upstreams: Sequence[str]) -> PlannedStep:
    sources = tuple(
        PlannedSource(step_output=PlannedStepOutput(step_key=StepKey(name), output="result"))
        for name in upstreams
    )
    inputs = (PlannedInput(name="values", sources=sources, fan_in=True),) if sources else ()
    asset = PlannedAsset(
        asset_key=KeyText(key), selected=True, io_manager_key="io_manager", builtin_manager=True
    )
    output = PlannedOutput(
        name="result",
        selected=True,
        is_read=True,
        assets=(asset,),
        is_required=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    )
    return PlannedStep(
        key=StepKey(key),
        block=key,
        verdict=Verdict.RUN,
        selected_outputs=("result",),
        selected_asset_keys=(KeyText(key),),
        inputs=inputs,
        outputs=(output,),
    )


class FixedPlanner:
    """Answers with the plans that the test gives it, where a Planner would ask a code server."""

    def __init__(self) -> None:
        self.next: Launchable | None = None
        self.before: list[Launchable] = []
        self.again: Launchable | RefusedError | None = None
        self.unstable: RefusedError | None = None

    async def launchable(self, request: LaunchRequest) -> Launchable:
        assert self.next is not None
        return self.before.pop() if self.before else self.next

    async def replanned(self, run: RunSummary) -> Launchable:
        if isinstance(self.again, RefusedError):
            raise self.again
        assert self.again is not None, "nothing was to be planned anew"
        return self.again

    async def check_stable(self, location: str) -> None:
        if self.unstable is not None:
            raise self.unstable


def store(value: Path) -> None:
    """Put a value of three bytes where it belongs."""
    value.parent.mkdir(parents=True, exist_ok=True)
    value.write_bytes(b"abc")


class ScriptedHost:
    """The voice of one host. Unless it `holds` them, it gives back what it is sent ahead."""

    def __init__(self, host: Host, socket: Path, values: Path) -> None:
        assert host.identity is not None
        self._values = values
        self.host_id = host.host_id
        self.process = host.identity
        self.record = 0
        self.holds = False
        self._socket = socket
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def dial(self) -> None:
        self._reader, self._writer = await asyncio.open_unix_connection(self._socket)

    async def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()

    async def send(self, frame: Mapping[str, Any]) -> None:
        body = json.dumps(frame).encode()
        assert self._writer is not None, "it has not dialled"
        self._writer.write(_LENGTH.pack(len(body)) + body)
        await self._writer.drain()

    async def frame(self) -> dict[str, Any]:
        """Return the next frame from the launcher."""
        (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
        frame: dict[str, Any] = json.loads(await self._reader.readexactly(length))
        return frame

    async def frame_or_end(self) -> dict[str, Any] | None:
        """Return the next frame; None when the launcher hung up."""
        try:
            return await self.frame()
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.hang_up()
            return None

    async def dial_again(self) -> dict[str, Any] | None:
        """Dial and return the first frame; None when the launcher takes no hosts now."""
        await self.dial()
        await self.hello()
        return await self.frame_or_end()

    async def expect(self, kind: str) -> dict[str, Any]:
        """Return the next frame of a kind; commits before it are passed over."""
        while kind not in (frame := await self.frame()) or self._is_returned(frame):
            if self._is_returned(frame):
                await self.answer(frame["task"], "RETURNED")
            else:
                assert "commit" in frame, frame
        found: dict[str, Any] = frame[kind]
        return found

    def _is_returned(self, frame: Mapping[str, Any]) -> bool:
        return not self.holds and "ahead" in frame.get("task", {})

    async def hello(self, state: str = "READY", **fields: Any) -> None:
        ticks = str(self.process.start_ticks)
        hello = {
            "protocolVersion": PROTOCOL_VERSION,
            "hostId": self.host_id,
            "process": {
                "bootId": self.process.boot_id,
                "pid": self.process.pid,
                "startTicks": ticks,
            },
            "location": "here",
            "state": f"HOST_STATE_{state}",
            "digest": "digest-1",
            "startMethod": "START_METHOD_FORK",
            "lastRecord": str(self.record),
            **fields,
        }
        await self.send({"hello": hello})

    async def ready(self) -> None:
        await self.dial()
        await self.hello()
        assert "commit" in await self.frame()

    async def task(self) -> dict[str, Any]:
        """Take the next task and answer that it runs."""
        task = await self.expect("task")
        await self.answer(task, "ACCEPTED")
        return task

    async def answer(self, task: Mapping[str, Any], state: str) -> None:
        await self.send({"ack": {"taskId": task["taskId"], "state": f"ACK_STATE_{state}"}})

    def told(self, task: Mapping[str, Any], **fact: Any) -> dict[str, Any]:
        """Return the next journal record, about a task."""
        self.record += 1
        step = task["steps"][0]
        return {
            "number": str(self.record),
            "taskId": task["taskId"],
            "stepKey": step["stepKey"],
            "attempt": step["attempt"],
            "time": "2026-01-02T03:04:05.678901Z",
            **fact,
        }

    async def report(self, *records: Mapping[str, Any]) -> None:
        await self.send({"report": {"records": list(records)}})

    def success(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record that a task made what it was asked for."""
        step = task["steps"][0]
        key = step["outputs"][0]["assets"][0]["valueKey"]
        store(self._values / key)
        ref = {"store": "files", "key": key, "codec": "pickle5", "sizeBytes": "3"}
        ref |= {"checksum": "crc32:00000001"}
        asset = {"assetKey": step["stepKey"], "output": "result", "valueRef": ref}
        succeeded = {
            "stored": [{"ioManagerKey": "io_manager", **asset}],
            "yieldedOutputs": ["result"],
            "durationUs": "1000",
            "pid": 4711,
        }
        return self.told(task, succeeded=succeeded)

    def begun(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record that a task's process runs the user's code."""
        return self.told(task, begun={"process": {"bootId": "b", "pid": 4711, "startTicks": "1"}})

    async def begin(self) -> dict[str, Any]:
        """Take the next task, and have its process run the user's code."""
        task = await self.task()
        await self.report(self.begun(task))
        return task

    async def succeed(self, task: Mapping[str, Any]) -> None:
        await self.report(self.success(task))

    async def fail(self, task: Mapping[str, Any], message: str = "it raised") -> None:
        failure = {
            "reason": "FAILURE_REASON_USER_ERROR",
            "where": "FAILURE_WHERE_COMPUTE",
            "message": message,
        }
        await self.report(self.told(task, failed={"failure": failure, "pid": 4711}))

    async def cancelled(self, task: Mapping[str, Any]) -> None:
        await self.report(self.told(task, cancelled={"wasRunning": True}))

    async def run_next(self) -> str:
        """Take the next task, have it succeed, and return its step."""
        task = await self.task()
        await self.succeed(task)
        return str(task["steps"][0]["stepKey"])


class Kit:
    """A running engine, and what a test needs to drive it."""

    def __init__(self, tmp_path: Path) -> None:
        self.home_path = tmp_path / "home"
        self.socket = UnixAddress(path=tmp_path / "hosts.sock")
        self.planner = FixedPlanner()
        self.clock: Clock = SystemClock()
        self.generation = "first-load"
        self.import_scope = ImportScope.PER_LOAD
        self.program = tmp_path / "host-program"
        self.write_program("exec sleep 1000")
        self._voices: list[ScriptedHost] = []
        self._processes: list[HostProcess] = []

    def write_program(self, line: str) -> None:
        """Have the processes of hosts run this from now on."""
        self.program.write_text(f"#!/bin/sh\n{line}\n")
        self.program.chmod(0o700)

    def launchable(self, plan: Plan) -> Launchable:
        spec = LaunchSpec(
            interpreter=str(self.program),
            working_directory=str(self.program.parent),
            targets=(FileTarget(path="/somewhere/assets.py"),),
            digest=plan.header.digest,
            generation=self.generation,
            import_scope=self.import_scope,
            import_timeout_ms=60_000,
            environment=dict(os.environ),
        )
        return Launchable(plan=plan, launch_spec=spec, tags={"team": "data"})

    @asynccontextmanager
    async def running(self, *flags: str) -> AsyncIterator[Kit]:
        """Run the engine for the length of the block. Hosts of a standing one live on."""
        settings = read(["--home", str(self.home_path), "--term-grace", "0.2", *flags])
        async with AsyncExitStack() as stack:
            self.home = stack.enter_context(open_home(settings.home))
            self.store = stack.enter_context(open_store(self.home.database))
            self.watchers = Watchers(self.store)
            parts = EngineParts(
                home=self.home,
                store=self.store,
                planner=self.planner,  # type: ignore[arg-type]  # it stands in for one
                watchers=self.watchers,
                clock=self.clock,
            )
            self.engine = await stack.enter_async_context(
                running_engine(parts, settings, self.socket)
            )
            self.pool = self.engine._pool
            self.launching = Launching(
                self.planner,  # type: ignore[arg-type]  # it stands in for one
                self.store,
                self.engine.board,
                self.engine.engine,
                SystemClock(),
            )
            try:
                yield self
            finally:
                self._processes += [host.process for host in self.pool.all() if host.process]
                await asyncio.gather(*(voice.hang_up() for voice in self._voices))
                self._voices.clear()

    def reap(self) -> None:
        """Kill the processes of hosts that live on."""
        for process in self._processes:
            process.kill()
            process._popen.wait()

    async def launch(
        self,
        plan: Plan,
        timeout_ms: int | None = None,
        retry_lost: int | None = None,
        **fields: Any,
    ) -> RunId:
        self.planner.next = self.launchable(plan)
        request = LaunchRequest(
            location="here",
            selection=Selection(expressions=("*",)),
            options=PlanOptions(),
            limits=RunLimits(timeout_ms=timeout_ms, retry_lost=retry_lost),
        )
        created = await self.launching.launch(replace(request, **fields))
        return created.run.run_id

    async def host(self, position: int = 0) -> ScriptedHost:
        """Return the voice of a host, once its process is started."""
        while True:
            hosts = [host for host in self.pool.all() if host.identity is not None]
            if len(hosts) > position:
                voice = ScriptedHost(hosts[position], self.socket.path, self.home.values)
                self._voices.append(voice)
                return voice
            await asyncio.sleep(0)

    async def ready_host(self, position: int = 0) -> ScriptedHost:
        host = await self.host(position)
        await host.ready()
        return host

    async def finished(self, run_id: RunId) -> RunSummary:
        """Return a run once it is over."""
        async for _ in self.watchers.watch(run_id, 0, follow=True):
            pass
        return await self.store.get_run(run_id)

    async def until(self, run_id: RunId, kind: str, step: str | None = None) -> None:
        """Return when an event of a kind is recorded."""
        async for events in self.watchers.watch(run_id, 0, follow=True):
            for event in events:
                if event.kind == kind and step in (None, event.step_key):
                    return
        raise AssertionError(f"the run ended without {kind}")

    async def story(self, run_id: RunId) -> list[str]:
        """Return the events of a run in short."""
        events = await self.store.events_after(run_id, 0)
        return [
            event.kind if event.step_key is None else f"{event.kind} {event.step_key}"
            for event in events
        ]

    def beside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have something go on beside the test."""
        return asyncio.create_task(work)

    async def killed(self) -> None:
        """Kill every host and return when their ends were acted on."""
        hosts = self.pool.all()
        self.pool.kill(hosts)
        await self.gone(*(host.host_id for host in hosts))

    async def gone(self, *host_ids: HostId) -> None:
        """Return when the ends of hosts were acted on, whoever has come in their place."""
        while any(self.pool.get(host_id) for host_id in host_ids):
            await asyncio.sleep(0)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    kit = Kit(tmp_path)
    yield kit
    kit.reap()


@pytest.fixture
def plans() -> Callable[..., Plan]:
    return plan_of


@pytest.fixture
def alive() -> Iterator[str]:
    """Return the flag's value that makes a launcher ephemeral."""
    with ExitStack() as stack:
        read_fd, write_fd = os.pipe()
        stack.callback(os.close, read_fd)
        stack.callback(os.close, write_fd)
        yield str(read_fd)
