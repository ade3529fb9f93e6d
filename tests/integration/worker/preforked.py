"""Loaders and hosts that are forked from a process that has imported ours: prefork.py."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import running
from treadle_worker import frames

DEADLINE_S = 20.0
MOST_REPORTED = 1 << 20

Message = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """What a loader said last, and how it ended."""

    frame: Message
    problem: str
    status: int


class Prefork:
    """Starts workers, and waits for their end."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._started: set[int] = set()

    def start(self, role: str, spec: Message, folder: Path, output: Path) -> int:
        start = {"role": role, "spec": spec, "folder": str(folder), "output": str(output)}
        pid = int(self._ask({"start": start})["pid"])
        self._started.add(pid)
        return pid

    def load(self, path: Path, folder: Path) -> Loaded:
        """Import a file in the folder, which gets the loader's output."""
        report = folder / "report"
        # No file: a module may forbid that those grow.
        os.mkfifo(report)
        fd = os.open(report, os.O_RDWR)
        try:
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, MOST_REPORTED)
            spec = {
                "targets": [{"file": str(path)}],
                "working_directory": str(folder),
                "report": str(report),
            }
            status = self.wait(self.start("load", spec, folder, folder / "output"))
            os.set_blocking(fd, False)
            told = [*map(json.loads, frames.FrameReader().feed(os.read(fd, MOST_REPORTED)))]
        finally:
            os.close(fd)
            report.unlink()
        problems = [each["moduleEnded"]["problem"] for each in told if "moduleEnded" in each]
        return Loaded(told[-1], "".join(problems), status)

    def end_all(self) -> None:
        """End what a test that failed did not wait for: a host ends all that is below it."""
        for pid in tuple(self._started):
            os.kill(pid, signal.SIGTERM)
            self.wait(pid)

    def wait(self, pid: int) -> int:
        """Return how a worker ended, within the deadline."""
        status = self.ended(pid, DEADLINE_S)
        if status is None:
            os.kill(pid, signal.SIGKILL)
            self.ended(pid, None)
        assert status is not None, f"process {pid} did not end"
        return status

    def ended(self, pid: int, seconds: float | None) -> int | None:
        """Return how a worker ended; None if it has not within so many seconds. None: any time."""
        pidfd = os.pidfd_open(pid)
        try:
            if not select.select([pidfd], [], [], seconds)[0]:
                return None
        finally:
            os.close(pidfd)
        self._started.remove(pid)
        return int(self._ask({"wait": pid})["status"])

    def _ask(self, question: Message) -> Message:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer: Message = json.loads(self._process.stdout.readline())
        return answer


@dataclass
class Forked:
    """A host that was forked, with what a test asks of one that was executed."""

    prefork: Prefork
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("host", timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            self.returncode = self.prefork.ended(self.pid, seconds)
        return self.returncode


@contextmanager
def preforked() -> Iterator[Prefork]:
    """Have the process that workers are forked from, for the length of the block."""
    with running(
        [sys.executable, "-P", str(Path(__file__).with_name("prefork.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    ) as process:
        yield Prefork(process)
