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
        pidfd = os.pidfd_open(pid)
        try:
            ended = select.select([pidfd], [], [], DEADLINE_S)[0]
        finally:
            os.close(pidfd)
        if not ended:
            os.kill(pid, signal.SIGKILL)
        status = int(self._ask({"wait": pid})["status"])
        self._started.remove(pid)
        assert ended, f"process {pid} did not end"
        return status

    def _ask(self, question: Message) -> Message:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer: Message = json.loads(self._process.stdout.readline())
        return answer


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
