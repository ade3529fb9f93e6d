"""What the sections are given: a folder, sizes, a peer, and Treadle's services on a home of their own."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import treadle_client
from benchmarks.peer import Peer
from benchmarks.rows import BenchmarkError

T = TypeVar("T")

RUN_SECONDS = 120.0
#: Which part of what a section has left one measurement of it may take.
SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Bench:
    """How much is measured, where, until when, and beside whom. `peer` None: beside nobody."""

    folder: Path
    quick: bool = False
    peer: Peer | None = None
    largest: int = 50_000
    section: str = ""
    until: float = math.inf
    notes: list[str] = field(default_factory=list)

    def left(self) -> float:
        """Return how many seconds the section has left."""
        return self.until - time.monotonic()

    def repeats(self, usual: int, quick: int) -> Iterator[None]:
        """Yield as often as is usual; once at least, and not for most of the section's time."""
        count, began = self.of(usual, quick), time.monotonic()
        soft = began + SHARE * self.left()
        for done in range(count):
            now = time.monotonic()
            if done and now + (now - began) / done > soft:
                self.notes.append(f"{self.section}: {done} repeats instead of {count}, for time.")
                return
            yield

    def ask(self, what: str, *arguments: str | Path, seconds: float) -> Mapping[str, float]:
        """Ask Dagster: nothing if there is none, or if it takes too long."""
        if self.peer is None:
            return {}
        try:
            return self.peer.ask(what, *arguments, seconds=min(seconds, SHARE * self.left()))
        except BenchmarkError as error:
            self.notes.append(f"{self.section}, Dagster is left out: {error}")
            return {}

    def of(self, usual: T, quick: T) -> T:
        """Return how many, how often, or which: less where it is to be quick."""
        return quick if self.quick else usual

    def file(self, name: str, text: str) -> Path:
        """Write a user's module."""
        file = self.folder / name
        file.write_text(text)
        return file


@dataclass(frozen=True, slots=True)
class Session:
    """A client of services of its own, and the home that they write to."""

    client: treadle_client.Client
    home: Path

    def run(self, selection: str, timeout: float = RUN_SECONDS) -> treadle_client.RunHandle:
        """Launch a run and wait until its success is seen."""
        handle = self.client.materialize(selection)
        handle.result(timeout=timeout).raise_for_failure()
        return handle


@contextmanager
def session(bench: Bench, file: Path, **options: Any) -> Iterator[Session]:
    """Serve a user's module for the length of the block."""
    with (
        tempfile.TemporaryDirectory(dir=bench.folder, prefix="home-") as home,
        treadle_client.local(file, home=home, **options) as client,
    ):
        yield Session(client, Path(home))
