"""What a power cut leaves: of what was reported all with `--durability power`, else perhaps none.

The power is never cut. The kernel tells what the processes sync, and a launcher is started on a
home as a disk would hold it that keeps nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start
from tests.e2e.standing import Standing, standing
from tests.e2e.synced_disk import Observer, SyncedDisk, observing
from treadle.io._files import FileStore
from treadle_contract.value import ValueRef
from treadle_launcher.home.place import Place

MODULE = """
import os
import signal
from treadle import OpExecutionContext, asset, graph_asset, op

@op
def first() -> list:
    return list(range(1000))

@op
def second(context: OpExecutionContext, numbers: list) -> int:
    if os.path.exists({gate!r}):
        context.log.warning("it waits")
        signal.pause()
    return sum(numbers)

@graph_asset
def total():
    return second(first())

@asset
def doubled(total: int) -> int:
    return 2 * total
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Write the module. While `gate` is there, its second op waits for ever."""
    path = tmp_path / "durable.py"
    path.write_text(MODULE.format(gate=str(tmp_path / "gate")))
    return path


@pytest.fixture
def observer() -> Iterator[Observer]:
    with observing() as opened:
        yield opened


def launched(services: Standing) -> treadle_client.RunResult:
    with services.connect() as client:
        return client.materialize("*").result(timeout=60)


def states(handle: treadle_client.RunHandle) -> dict[str, treadle_client.StepState]:
    return {step.key: step.state for step in handle.steps()}


def hosts_of(handle: treadle_client.RunHandle) -> set[str]:
    events = handle.events(follow=False)
    return {event.host_id for event in events if isinstance(event, treadle_client.HostReady)}


def below(disk: SyncedDisk, *folders: Path) -> list[str]:
    tops = tuple(f"{folder}/" for folder in folders)
    return [path for path in disk.synced if path.startswith(tops)]


def values_in_events(home: Path) -> list[ValueRef]:
    """Return every value that the events of a home name."""
    if not (home / "treadle.db").exists():
        return []
    with closing(sqlite3.connect(home / "treadle.db")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'events'")
        if tables.fetchone() is None:
            return []
        rows = database.execute("SELECT payload_json FROM events").fetchall()
    payloads = [json.loads(payload) for (payload,) in rows]
    return [ValueRef(**payload["value_ref"]) for payload in payloads if "value_ref" in payload]


def test_what_a_run_reported_is_on_a_disk_that_holds_only_what_was_synced(
    module: Path, observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_DURABILITY", "power")
    with standing(module, tmp_path / "home", observer.prefix) as services:
        with services.connect() as client:
            result = client.materialize("*").result(timeout=60)
            # Told, and cut.
            disk = observer.disk
        result.raise_for_failure()

    disk.copy(tmp_path / "home", tmp_path / "found")

    with standing(module, tmp_path / "found") as services, services.connect() as client:
        session = Session(client, services.home)
        assert client.run(result.run_id).status() is treadle_client.RunState.SUCCEEDED
        assert session.value("total") == sum(range(1000))
        assert session.value("doubled") == 2 * sum(range(1000))


def test_a_step_that_was_reported_is_read_after_a_cut_in_the_middle_of_its_run(
    module: Path, observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_DURABILITY", "power")
    (tmp_path / "gate").touch()
    with (
        standing(module, tmp_path / "home", observer.prefix) as services,
        services.connect() as client,
    ):
        handle = client.materialize("total")
        for event in handle.events():
            if event.kind is treadle_client.EventKind.STEP_SUCCEEDED:
                break
        # Told, and cut.
        disk = observer.disk
    (tmp_path / "gate").unlink()

    disk.copy(tmp_path / "home", tmp_path / "found")
    # The disk is found where it was, in a folder that is not another one.
    assert Place.noted_in(tmp_path / "found") == Place.of(tmp_path / "home")
    Place.of(tmp_path / "found").note_in(tmp_path / "found")

    with standing(module, tmp_path / "found") as services, services.connect() as client:
        found = client.run(handle.run_id)
        found.result(timeout=60)
        assert states(found)["total.first"] is treadle_client.StepState.SUCCEEDED
        again = found.rerun().result(timeout=60)
        again.raise_for_failure()
        assert [step.reused_from_run_id for step in again.steps.values()] == [handle.run_id, ""]
        assert Session(client, services.home).value("total") == sum(range(1000))


def test_at_no_moment_does_an_event_name_a_value_that_is_not_whole(
    module: Path, observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_DURABILITY", "power")
    home = tmp_path / "home"
    with standing(module, home, observer.prefix) as services:
        launched(services).raise_for_failure()

    named = []
    for number, disk in enumerate(observer.disks):
        if str(home) not in disk.synced:
            continue
        found = tmp_path / f"found-{number}"
        disk.copy(home, found)
        refs = values_in_events(found)
        for ref in refs:
            FileStore(found / "values").read_value(ref)
        named.append(len(refs))

    assert named[0] == 0
    assert named[-1] > 3
    assert named == sorted(named)


def test_by_default_nothing_of_a_run_waits_for_the_disk(
    module: Path, observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREADLE_DURABILITY", raising=False)
    home = tmp_path / "home"
    with standing(module, home, observer.prefix) as services:
        # SQLite syncs the beginning of a new log.
        launched(services).raise_for_failure()
        before = observer.disk.synced
        launched(services).raise_for_failure()
        disk = observer.disk

    assert disk.synced == before
    assert below(disk, home / "values", home / "hosts") == []


def test_a_launcher_of_another_durability_gives_new_runs_hosts_of_their_own(
    module: Path, observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREADLE_DURABILITY", raising=False)
    home = tmp_path / "home"
    (tmp_path / "gate").touch()
    with standing(module, home) as services:
        with services.connect() as client:
            handle = client.materialize("total")
            for event in handle.events():
                if isinstance(event, treadle_client.LogRecord):
                    break
        services.stop_launcher()
        services.start_launcher("--durability", "power")
        (tmp_path / "gate").unlink()
        with services.connect() as client:
            ended = client.materialize("total").result(timeout=60)
            ended.raise_for_failure()
            earlier, later = client.run(handle.run_id), client.run(ended.run_id)
            assert earlier.status() is treadle_client.RunState.RUNNING
            assert hosts_of(earlier).isdisjoint(hosts_of(later))


def test_a_launcher_of_ones_own_is_told(module: Path, start: Start) -> None:
    session = start(module, durability=treadle_client.Durability.POWER)

    session.succeed("total")

    (folder,) = (session.home / "hosts").iterdir()
    assert (folder / "durability").read_text() == "power\n"
