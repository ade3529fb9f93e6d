"""A launcher as a host sees it, played by the test over a real socket, with a real host."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import treadle
import treadle_worker
from tests.integration.worker.preforked import DEADLINE_S, Forked, Message, Prefork, preforked
from treadle_worker import frames
from treadle_worker.system import processes

Host = subprocess.Popen[bytes] | Forked

BOOTSTRAP = Path(treadle_worker.__file__).with_name("bootstrap.py")


class Connection:
    """One connection of a host, read frame by frame with a deadline."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._stream.settimeout(DEADLINE_S)
        self._reader = frames.FrameReader()
        self._read: list[Message] = []

    def send(self, **message: object) -> None:
        self._stream.sendall(frames.pack(json.dumps(message).encode()))

    def next(self) -> Message:
        """Return the next frame; fail when the host hangs up before."""
        while not self._read:
            data = self._stream.recv(65536)
            assert data, "the host hung up"
            self._read.extend(map(json.loads, self._reader.feed(data)))
        return self._read.pop(0)

    def hello(self, state: str) -> Message:
        """Return the next hello, which must say this state; other frames are passed over."""
        while "hello" not in (frame := self.next()):
            pass
        hello: Message = frame["hello"]
        assert hello["state"] == f"HOST_STATE_{state}", hello
        return hello

    def ack(self) -> str:
        while "ack" not in (frame := self.next()):
            pass
        return str(frame["ack"]["state"])

    def records(self, task_id: str | None = None) -> list[Message]:
        """Return the records up to one that ends a task, of that task if one is named."""
        found: list[Message] = []
        while True:
            for record in self.next().get("report", {}).get("records", []):
                if task_id in (None, record["taskId"]):
                    found.append(record)
                    if record.keys() & {"succeeded", "failed", "cancelled"}:
                        return found

    def at_end(self) -> bool:
        """Tell whether the host hangs up, having sent nothing but what was read."""
        with contextlib.suppress(ConnectionResetError):
            return not self._stream.recv(65536)
        return True

    def is_silent(self, seconds: float) -> bool:
        """Tell whether the host sends nothing for so long."""
        return not select.select([self._stream], [], [], seconds)[0]

    def close(self) -> None:
        self._stream.close()


@dataclass
class Workplace:
    """Folders, a listening socket and the hosts that a test starts."""

    folder: Path
    socket_path: Path
    environment: dict[str, str]
    prefork: Prefork
    # Of no other place, as those of other tests at the same time.
    tag: int = field(default_factory=lambda: 1 << 62 | random.getrandbits(56))
    listener: socket.socket | None = None
    hosts: list[Host] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)

    def listen(self) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.socket_path))
        listener.listen()
        listener.settimeout(DEADLINE_S)
        self.listener = listener

    def close_socket(self) -> None:
        assert self.listener is not None
        self.listener.close()
        self.listener = None
        self.socket_path.unlink()

    def accept(self) -> Connection:
        assert self.listener is not None
        connection = Connection(self.listener.accept()[0])
        self.connections.append(connection)
        return connection

    def new_host(self, path: Path, **spec: object) -> tuple[Host, Connection]:
        """Start a host of any digest, and let it dial in."""
        host = self.host(path, "0" * 64, **spec)
        connection = self.accept()
        connection.hello("NEW")
        connection.send(commit={"record": 0})
        return host, connection

    def module(self, code: str, name: str = "user_code.py") -> Path:
        path = self.folder / name
        # Not by a star, which imports what few modules use.
        names = ", ".join(treadle.OFTEN)
        path.write_text(f"from treadle import {names}\n{textwrap.dedent(code)}")
        return path

    def specification(self, path: Path, digest: str, **spec: object) -> Message:
        """Return what the next host for the file is told."""
        return {
            "hostId": f"host{len(self.hosts)}",
            "tag": self.tag,
            "location": "here",
            "launcherSocket": str(self.socket_path),
            "workingDirectory": str(self.folder),
            "targets": [{"file": str(path)}],
            "digest": digest,
            "importTimeoutMs": 20_000,
            "valuesRoot": str(self.folder / "values"),
            "logsRoot": str(self.folder / "logs"),
            "journal": str(self.journal(len(self.hosts))),
            "aliveFd": None,
            "orphanGraceMs": 20_000,
            "idleGraceMs": 60_000,
            "termGraceMs": 10_000,
            "startMethod": "auto",
            **spec,
        }

    def host(self, path: Path, digest: str, **spec: object) -> Host:
        """Start a host for the file; it dials in."""
        host = self._execute(path, digest, **spec)
        self.hosts.append(host)
        return host

    def fork(self, path: Path, digest: str, **spec: object) -> Host:
        """Start a host for the file, from a process that has imported ours; it dials in."""
        output = self.output(len(self.hosts))
        output.parent.mkdir(exist_ok=True)
        content = self.specification(path, digest, **spec)
        host = Forked(self.prefork, self.prefork.start("host", content, self.folder, output))
        self.hosts.append(host)
        return host

    def _execute(self, path: Path, digest: str, **spec: object) -> subprocess.Popen[bytes]:
        content = self.specification(path, digest, **spec)
        fd = os.memfd_create("spec")
        os.write(fd, json.dumps(content).encode())
        os.lseek(fd, 0, os.SEEK_SET)
        alive = spec.get("aliveFd")
        output_file = self.output(len(self.hosts))
        output_file.parent.mkdir(exist_ok=True)
        with output_file.open("wb") as output:
            host = subprocess.Popen(
                [sys.executable, "-P", str(BOOTSTRAP), "host", str(fd)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(fd, *((alive,) if isinstance(alive, int) else ())),
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
            )
        os.close(fd)
        return host

    def journal(self, number: int = 0) -> Path:
        return self.folder / f"host{number}" / "journal"

    def output(self, number: int = 0) -> Path:
        return self.journal(number).with_name("output")

    def log(self, name: str, step: str = "thing", attempt: int = 1, run: str = "run1") -> str:
        """Return what an attempt wrote to a stream, for which there is a file if it is something."""
        file = self.folder / "logs" / run / step / str(attempt) / name
        return file.read_text() if file.exists() else ""

    def digest(self, path: Path) -> str:
        """Return the digest that a loader of the file reports."""
        loaded = self.prefork.load(path, self.folder)
        return str(loaded.frame["snapshot"]["digest"])

    def serve(self, code: str, *, executed: bool = False, **spec: object) -> Served:
        """Start a host for the code, and let it dial in; it has imported nothing of it yet.

        `executed`: not as a copy of a process that has imported ours.
        """
        path = self.module(code)
        digest = self.digest(path)
        start = self.host if executed else self.fork
        host = start(path, digest, **spec)
        connection = self.accept()
        pid = int(connection.hello("NEW")["process"]["pid"])
        connection.send(commit={"record": 0})
        return Served(self, path, digest, host, connection, pid)

    def end(self) -> None:
        for connection in self.connections:
            connection.close()
        for host in self.hosts:
            if host.poll() is None:
                host.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    host.wait(DEADLINE_S)
            if host.poll() is None:
                host.kill()
                host.wait()
                pytest.fail("a host did not end on SIGTERM")
        if self.listener is not None:
            self.close_socket()


@dataclass
class Served:
    """A connected host for one module: `host` is what was started, its guard, `pid` itself."""

    place: Workplace
    path: Path
    digest: str
    host: Host
    connection: Connection
    pid: int

    def journal(self) -> list[Message]:
        """Return the records that the journal holds."""
        path = self.place.journal(self.place.hosts.index(self.host))
        return [json.loads(line) for line in path.read_text().splitlines()]

    def children(self) -> list[int]:
        """Return the host's children, but for its fork server."""
        servers = self.fork_servers()
        return [pid for pid in processes.children(self.pid) if pid not in servers]

    def fork_servers(self) -> list[int]:
        """Return the host's fork server: the oldest child that takes no signals, in the host's session.

        So is a step process, for a moment, but it is younger.
        """
        session = processes.read_stat(self.pid).session
        for pid in processes.children(self.pid):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                if processes.read_stat(pid).session == session and is_deaf(pid):
                    return [pid]
        return []

    def record(self, kind: str) -> Message:
        """Return the next record of a kind; earlier frames and records are passed over."""
        while True:
            for record in self.connection.next().get("report", {}).get("records", []):
                if kind in record:
                    found: Message = record
                    return found

    def send_task(self, step: str = "thing", attempt: int = 1, **options: object) -> str:
        """Send a task; `step_fields` are set in its one step, other options in the task."""
        task_id = f"run1/{step}/{attempt}"
        task = dict(task_for(step, attempt, self.digest))
        fields = options.pop("step_fields", {})
        task["steps"] = [{**each, **fields} for each in task["steps"]]
        self.connection.send(task={**task, **options})
        return task_id

    def run(self, step: str = "thing", attempt: int = 1, **options: object) -> list[Message]:
        """Run a task to its end and return its records."""
        task_id = self.send_task(step, attempt, **options)
        records = self.connection.records(task_id)
        self.connection.send(commit={"record": records[-1]["number"]})
        return records

    def output_of(self, step: str = "thing", attempt: int = 1) -> str:
        self.run(step, attempt)
        return self.place.log("stdout", step, attempt)


def is_deaf(pid: int) -> bool:
    """Tell whether a process blocks a signal that nothing of ours has to do with."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    blocked = next(int(line.split()[1], 16) for line in lines if line.startswith("SigBlk:"))
    return bool(blocked & processes.signal_mask((signal.SIGHUP,)))


def task_for(step: str, attempt: int, digest: str) -> Mapping[str, object]:
    """Return the task of a step that makes the asset of its name and reads nothing."""
    asset = {
        "assetKey": step,
        "selected": True,
        "ioManagerKey": "io_manager",
        "valueKey": f"assets/here/{step}/=_/run1.{step}.{attempt}",
    }
    output = {
        "name": "result",
        "selected": True,
        "mustYield": True,
        "assets": [asset],
        "ioManagerKey": "io_manager",
    }
    return {
        "taskId": f"run1/{step}/{attempt}",
        "runId": "run1",
        "digest": digest,
        "steps": [
            {
                "stepKey": step,
                "attempt": attempt,
                "selectedOutputs": ["result"],
                "selectedAssetKeys": [step],
                "outputs": [output],
                "unselectedOutputs": "UNSELECTED_OUTPUTS_MATERIALIZE",
            }
        ],
    }


@contextlib.contextmanager
def workplace(folder: Path, prefork: Prefork) -> Iterator[Workplace]:
    """Give a folder with a listening socket; afterwards every host is gone."""
    # Short, because a Unix socket's path holds 107 bytes.
    with tempfile.TemporaryDirectory(prefix="w-") as short:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("TREADLE_START_METHOD", None)
        made = Workplace(folder, Path(short) / "hosts", environment, prefork)
        made.listen()
        try:
            yield made
        finally:
            made.end()


@pytest.fixture(scope="session")
def prefork() -> Iterator[Prefork]:
    """Give a process that forks loaders: most of what one of its own takes are our imports."""
    with preforked() as made:
        yield made


@pytest.fixture
def place(tmp_path: Path, prefork: Prefork) -> Iterator[Workplace]:
    """Give a workplace of the test's own."""
    with workplace(tmp_path, prefork) as made:
        yield made


Serve = Callable[..., Served]
