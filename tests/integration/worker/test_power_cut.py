"""A journal and a file store in a process of their own: what they said is done, is on the disk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.synced_disk import Observer, observing
from tests.processes import running
from treadle.io._files import FileStore
from treadle_contract.value import ValueRef

JOURNAL = """
import sys
from treadle.io.durability import Durability
from treadle_worker.host import journal
from treadle_contract.ids import TaskId
from treadle_contract.worker import WorkerLogRecord

journal._CUT_BYTES = 10
opened = journal.Journal(sys.argv[1] + "/hosts/h/journal", Durability(sys.argv[2]))
for line in sys.stdin:
    if line.startswith("commit"):
        opened.commit(int(line.split()[1]))
    else:
        fact = WorkerLogRecord(level="WARNING", logger="", message=line.strip())
        opened.append(TaskId("run/step/1"), "step", 1, fact)
    print("done", flush=True)
"""

STORE = """
import dataclasses, json, sys
from treadle.io._files import FileStore
from treadle.io.durability import Durability

store = FileStore(sys.argv[1] + "/values", Durability(sys.argv[2]))
for line in sys.stdin:
    ref = store.write_value(line.strip(), ["a value", line])
    print(json.dumps(dataclasses.asdict(ref)), flush=True)
"""

Ask = Callable[[str], str]


@contextmanager
def asking(observer: Observer, script: str, *arguments: str) -> Iterator[Ask]:
    """Run a script that is observed, and that answers lines."""
    command = [*observer.prefix, sys.executable, "-c", script, *arguments]
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(line: str) -> str:
            stdin.write(f"{line}\n")
            stdin.flush()
            return stdout.readline()

        yield ask


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make the folders that the launcher makes, and syncs, before any host is there."""
    for name in ("home/hosts/h", "home/values"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["one"], ["one"]),
        (["one", "two"], ["one", "two"]),
        # Its file begins anew, under the name of the one before.
        (["one", "two", "three", "commit 1"], ["one", "two", "three"]),
        (["one", "two", "three", "commit 1", "four"], ["two", "three", "four"]),
        (["one", "two", "commit 2", "three"], ["three"]),
    ],
)
def test_a_record_that_was_written_down_is_on_the_disk(
    home: Path, tmp_path: Path, lines: list[str], found: list[str]
) -> None:
    with observing() as observer, asking(observer, JOURNAL, str(home), "power") as ask:
        assert [ask(line) for line in lines] == ["done\n"] * len(lines)
        disk = observer.disk

    disk.copy(home / "hosts", tmp_path / "found")

    journal = (tmp_path / "found" / "h" / "journal").read_text()
    records = [json.loads(line) for line in journal.splitlines()]
    assert [record["logRecord"]["message"] for record in records] == found


def test_a_journal_that_begins_anew_is_on_the_disk_before_it_has_the_name(home: Path) -> None:
    with observing() as observer, asking(observer, JOURNAL, str(home), "power") as ask:
        for line in ("one", "two", "three", "commit 1"):
            ask(line)

        assert observer.disk.synced[-1] == str(home / "hosts" / "h" / "journal.new")


def test_a_value_that_was_stored_is_on_the_disk_beside_those_of_others(
    home: Path, tmp_path: Path
) -> None:
    # Another process has made the folders, and is not to be relied on for their names.
    (home / "values" / "runs" / "r" / "s").mkdir(parents=True)
    with observing() as observer, asking(observer, STORE, str(home), "power") as ask:
        refs = [ValueRef(**json.loads(ask(key))) for key in ("runs/r/s/1/o", "assets/l/a/=/r.s.1")]
        disk = observer.disk

    disk.copy(home / "values", tmp_path / "found")

    # The content first: no name is ever on the disk without it.
    values = home / "values"
    assert Path(disk.synced[0]).name.startswith(".unfinished-")
    assert disk.synced[1:6] == tuple(
        str(folder)
        for folder in (
            values / "runs/r/s/1",
            values / "runs/r/s",
            values / "runs/r",
            values / "runs",
            values,
        )
    )
    store = FileStore(tmp_path / "found")
    assert [store.read_value(ref)[0] for ref in refs] == ["a value"] * 2  # type: ignore[index]  # lists


@pytest.mark.parametrize(("script", "line"), [(JOURNAL, "one"), (STORE, "runs/r/s/1/o")])
def test_by_default_nothing_waits_for_the_disk(home: Path, script: str, line: str) -> None:
    with observing() as observer, asking(observer, script, str(home), "process") as ask:
        assert ask(line)

        assert observer.disk.synced == ()
