"""What the sections are given: a folder, sizes, a peer, and Treadle's services on a home of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import treadle_client
from benchmarks.peer import Peer

T = TypeVar("T")

RUN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Bench:
    """How much is measured, where, and beside whom. `peer` None: beside nobody."""

    folder: Path
    quick: bool = False
    peer: Peer | None = None
    largest: int = 50_000

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
