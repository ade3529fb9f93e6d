"""Homes of runs in this process: where their values lie, and what is on record as made last."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from treadle import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.io._files import FileStore
from treadle.io._values import ValueStore
from treadle_contract import event, json_codec
from treadle_contract.event import AssetMaterialized
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import ContractError
from treadle_inprocess._successes import Successes
from treadle_inprocess._values import ObjectStore
from treadle_launcher.clock import as_moment, as_time
from treadle_launcher.runs.events import Event
from treadle_launcher.store.records import Materialization
from treadle_launcher.values.file_problems import file_problem

_RECORD: Final = "materializations.jsonl"
_SUCCESSES: Final = "successes.jsonl"
LOCATION: Final = "in-process"
#: What the home of a launcher has, which another one keeps.
_OF_A_LAUNCHER: Final = "FORMAT"


class Home(Protocol):
    """What a run needs of where it lives."""

    @property
    def store(self) -> ValueStore:
        """Where Treadle's own IO manager keeps values."""

    def latest(self, keys: Iterable[KeyText]) -> Mapping[KeyText, Materialization]:
        """Return the latest materialization of each asset that has one."""

    def latest_partitions(self, key: KeyText) -> Mapping[str, Materialization]:
        """Return the latest materialization of each partition of an asset that has one."""

    def next_sequence(self) -> int:
        """Return the place of the next fact in the order of the home."""

    @property
    def successes(self) -> Successes | None:
        """What was made with what, None where nothing is left to reuse."""

    def add(self, fact: Event, made: AssetMaterialized) -> None:
        """Put on record that an asset was made."""


class MemoryHome:
    """A home that nothing is left of."""

    successes = None

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._made = _Latest()
        self._sequence = 0

    def latest(self, keys: Iterable[KeyText]) -> Mapping[KeyText, Materialization]:
        """Return the latest materialization of each asset that has one."""
        return self._made.of(keys)

    def latest_partitions(self, key: KeyText) -> Mapping[str, Materialization]:
        """Return the latest materialization of each partition of an asset that has one."""
        return self._made.partitions.get(key, {})

    def next_sequence(self) -> int:
        """Return the place of the next fact in the order of the home."""
        self._sequence += 1
        return self._sequence

    def add(self, fact: Event, made: AssetMaterialized) -> None:
        """Put on record that an asset was made."""
        self._made.add(_materialization(fact, made))


class _Latest:
    """What was made last of each asset, and of each of its partitions."""

    def __init__(self) -> None:
        self.assets: dict[KeyText, Materialization] = {}
        self.partitions: dict[KeyText, dict[str, Materialization]] = {}

    def of(self, keys: Iterable[KeyText]) -> dict[KeyText, Materialization]:
        return {key: self.assets[key] for key in keys if key in self.assets}

    def add(self, made: Materialization) -> None:
        self.assets[made.asset_key] = made
        if made.partition_key:
            self.partitions.setdefault(made.asset_key, {})[made.partition_key] = made


class FolderHome:
    """A folder: `values/` as in a launcher's home, and a line of JSON for each materialization.

    One process at a time may use it.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Open the folder, or make it.

        Raises:
            ArgumentError: it is not a folder, it is the home of a launcher, or its record is damaged.
        """
        root = _checked(folder)
        root.mkdir(parents=True, exist_ok=True)
        self._values = root / "values"
        self.store = FileStore(self._values)
        self._record = root / _RECORD
        self._made = _Latest()
        for made in _read(self._record):
            self._made.add(made)
        _cut_unfinished(self._record)
        self.successes = Successes(root / _SUCCESSES, self._values)
        latest = self._made.assets.values()
        self._sequence = max((made.store_sequence for made in latest), default=0)
        self._sequence = max(self._sequence, self.successes.last_sequence)

    def latest(self, keys: Iterable[KeyText]) -> Mapping[KeyText, Materialization]:
        """Return the latest materialization of each asset that has one, and whether it can be read."""
        return {key: self._looked_at(made) for key, made in self._made.of(keys).items()}

    def latest_partitions(self, key: KeyText) -> Mapping[str, Materialization]:
        """Return the latest materialization of each partition of an asset, and whether it can be read."""
        found = self._made.partitions.get(key, {})
        return {partition: self._looked_at(made) for partition, made in found.items()}

    def next_sequence(self) -> int:
        """Return the place of the next fact in the order of the home."""
        self._sequence += 1
        return self._sequence

    def add(self, fact: Event, made: AssetMaterialized) -> None:
        """Put on record that an asset was made."""
        written = event.Event(
            store_sequence=fact.store_sequence,
            run_id=fact.run_id,
            sequence=fact.sequence,
            time=as_moment(fact.time),
            step_key=fact.step_key or StepKey(""),
            attempt=fact.attempt,
            kind=made,
        )
        with self._record.open("ab") as file:
            file.write(json_codec.dumps(written) + b"\n")
        self._made.add(_materialization(fact, made))

    def _looked_at(self, made: Materialization) -> Materialization:
        ref = made.value_ref
        return made if ref is None else replace(made, gone=file_problem(self._values, ref))


def _checked(folder: object) -> Path:
    if not isinstance(folder, str | os.PathLike):
        raise _refused(f"instance={in_words(folder)} is not the path of a folder.", "Give a path.")
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise _refused(f"instance={str(root)!r} is not a folder.", "Name a folder.")
    if (root / _OF_A_LAUNCHER).exists():
        raise _refused(
            f"instance={str(root)!r} is the home of a launcher.",
            "Name another folder: runs in this process keep a record of their own.",
        )
    return root


def _refused(problem: str, fix: str) -> ArgumentError:
    return ArgumentError(problem, fix=fix, source=user_line())


def facts_of_folder(folder: Path) -> Iterator[Event]:
    """Yield the facts that assets were made which are on record in a folder, in order.

    Raises:
        ArgumentError: as `FolderHome`.
    """
    return _facts(_checked(folder) / _RECORD)


def _read(record: Path) -> Iterator[Materialization]:
    for fact in _facts(record):
        if isinstance(fact.payload, AssetMaterialized):
            yield _materialization(fact, fact.payload)


def _facts(record: Path) -> Iterator[Event]:
    """Yield what is on record, in order. A last line without an end was never put on it."""
    whole = record.read_bytes().split(b"\n")[:-1] if record.exists() else ()
    for number, line in enumerate(whole, 1):
        try:
            read = json_codec.loads(event.Event, line)
        except ContractError as error:
            raise _refused(
                f"Line {number} of {str(record)!r} is damaged: {error}.",
                "Remove the folder, and make its assets again.",
            ) from error
        if isinstance(read.kind, AssetMaterialized) and read.time is not None:
            yield Event(
                store_sequence=read.store_sequence,
                run_id=read.run_id,
                sequence=read.sequence,
                time=as_time(read.time),
                payload=read.kind,
                step_key=read.step_key,
                attempt=read.attempt,
            )


def _cut_unfinished(record: Path) -> None:
    """Remove a last line without an end, so that the next one is a line of its own."""
    written = record.read_bytes() if record.exists() else b""
    if written and not written.endswith(b"\n"):
        os.truncate(record, written.rfind(b"\n") + 1)


def _materialization(fact: Event, made: AssetMaterialized) -> Materialization:
    return Materialization(
        asset_key=made.asset_key,
        run_id=fact.run_id,
        step_key=fact.step_key or StepKey(""),
        attempt=fact.attempt,
        store_sequence=fact.store_sequence,
        time=fact.time,
        location=LOCATION,
        digest=made.digest,
        unexpected=made.unexpected,
        io_manager_key=made.io_manager_key,
        value_ref=made.value_ref,
        metadata=made.metadata,
        partition_key=made.partition_key,
    )
