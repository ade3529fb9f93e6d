"""What this machine needs at least, measured in the same minute as what it is compared with."""

from __future__ import annotations

import mmap
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from benchmarks import clock

FORKS = 25
COPIES = 5


@dataclass(slots=True)
class Forking:
    """A process that has loaded what a host has, and forks when it is told."""

    asked: IO[str]
    told: IO[str]
    ms: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Make it fork a few times."""
        self.ms.append(self._forks(0)[0])

    def copying(self, pages: int) -> float:
        """Return the processor time that a child's writing to so many pages adds to it, in ms."""
        pairs = [(self._forks(pages)[1], self._forks(0)[1]) for _ in range(COPIES)]
        return statistics.median(copying - bare for copying, bare in pairs)

    def _forks(self, pages: int) -> tuple[float, float]:
        print(FORKS, pages, file=self.asked, flush=True)
        median, processor = map(float, self.told.readline().split())
        return median / 1e3, processor / 1e3

    @property
    def median(self) -> float:
        """What a fork, the child's reply and its end took, in ms."""
        return statistics.median(self.ms)


@contextmanager
def forking(file: Path) -> Iterator[Forking]:
    """Start a process that has loaded a user's file beside what a host loads."""
    command = [sys.executable, "-P", str(Path(__file__).with_name("forking.py")), str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdout.readline()
            yield Forking(process.stdin, process.stdout)
        except BaseException:
            process.kill()
            raise


def interpreter(code: str, times: int, python: str | Path = sys.executable) -> float:
    """Return the median time of a new interpreter from its start to its end, in ms."""
    return clock.median(lambda: clock.run([python, "-c", code]), times)


def raw_write(file: Path, data: memoryview) -> float:
    """Return what it takes to write so much into a new file, in ms."""
    began = time.perf_counter_ns()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    finally:
        os.close(descriptor)
    return (time.perf_counter_ns() - began) / 1e6


def mapping(file: Path) -> float:
    """Return what it takes to open a file, map it and read its last byte, in ms."""
    began = time.perf_counter_ns()
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert mapped[-1] is not None
    return (time.perf_counter_ns() - began) / 1e6
