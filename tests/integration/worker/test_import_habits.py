"""What modules do when they are imported breaks nothing of ours, or is noticed: the whole table.

Each habit has a loader and a host of its own. `make test-spawn` spawns the steps, which takes a
new interpreter for each.
"""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.assets.import_habits import HABITS, METHOD, Habit, Outcome
from tests.integration.worker.conftest import Connection, Message, Workplace, task_for
from tests.integration.worker.preforked import Loaded, Prefork

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "imports.md"


@dataclass(frozen=True)
class Served:
    """A host that has imported the habit's module, or failed to."""

    pid: int
    connection: Connection
    ready: Message
    digest: str


class Trial:
    """One habit, from its module to the end of the last process."""

    def __init__(self, place: Workplace, prefork: Prefork, name: str) -> None:
        self._place = place
        self._prefork = prefork
        self.folder = place.folder / "made"
        self.folder.mkdir()
        self.path = place.folder / f"habit_{name.replace('-', '_')}.py"
        self.path.write_text(written(HABITS[name], self.folder))

    @property
    def output(self) -> str:
        return (self._place.folder / "output").read_text(errors="replace")

    def load(self) -> Loaded:
        return self._prefork.load(self.path, self._place.folder)

    def serve(self, snapshot: Message, method: str) -> Served:
        digest = snapshot["digest"]
        spec = self._place.specification(
            self.path,
            digest,
            coreDigest=snapshot["core_digest"],
            # What is at its default is not sent.
            generatorStates=snapshot.get("generator_states", []),
            startMethod=METHODS[method],
        )
        folder = self._place.folder
        pid = self._prefork.start("host", spec, folder, folder / "output")
        connection = self._place.accept()
        connection.hello("NEW")
        connection.send(commit={"record": 0})
        connection.send(prepare={})
        while (ready := connection.next().get("hello")) is None:
            pass
        return Served(pid, connection, ready, digest)

    def run(self, served: Served, attempt: int) -> Message:
        """Run the op; return the last record."""
        served.connection.send(task=task_for("thing", attempt, served.digest))
        last = served.connection.records()[-1]
        served.connection.send(commit={"record": last["number"]})
        return last

    def leave(self, served: Served) -> int:
        # One that failed to import leaves by itself.
        with contextlib.suppress(BrokenPipeError):
            served.connection.send(drain={})
        return self._prefork.wait(served.pid)


METHODS = {"fork": "auto", "spawn": "spawn"}


@pytest.fixture
def trial(place: Workplace, prefork: Prefork, name: str) -> Iterator[Trial]:
    yield Trial(place, prefork, name)
    prefork.end_all()


def written(habit: Habit, folder: Path) -> str:
    """Return the text of a module that has the habit."""
    return "\n".join(
        (
            "from treadle import asset",
            f"FOLDER = {str(folder)!r}",
            textwrap.dedent(habit.module),
            "@asset",
            "def thing(context):",
            textwrap.indent(textwrap.dedent(habit.op).strip("\n"), "    "),
            "    return 1",
        )
    )


def of(outcome: Outcome, method: str | None = None) -> list[str]:
    return [
        name
        for name, habit in HABITS.items()
        if habit.outcome is outcome and (method is None or method in habit.methods)
    ]


@pytest.mark.parametrize("name", of(Outcome.HARMLESS, METHOD))
def test_a_harmless_habit_breaks_nothing(name: str, trial: Trial) -> None:
    habit = HABITS[name]
    loaded = trial.load()
    assert "snapshot" in loaded.frame, (loaded, trial.output)
    assert loaded.status == 0, trial.output

    served = trial.serve(loaded.frame["snapshot"], METHOD)
    assert served.ready["state"] == "HOST_STATE_READY", served.ready
    assert served.ready["startMethod"] == f"START_METHOD_{METHOD.upper()}", served.ready
    ends = [trial.run(served, attempt) for attempt in (1, 2)]
    status = trial.leave(served)

    assert all("succeeded" in end for end in ends), ends
    assert status == 0, trial.output
    if habit.after is not None:
        habit.after(trial.folder)


@pytest.mark.parametrize("name", of(Outcome.SPAWNED))
def test_a_habit_that_no_fork_bears_has_the_steps_spawned(name: str, trial: Trial) -> None:
    loaded = trial.load()

    served = trial.serve(loaded.frame["snapshot"], "fork")
    assert served.ready["state"] == "HOST_STATE_READY", served.ready
    end = trial.run(served, 1)
    status = trial.leave(served)

    assert served.ready["startMethod"] == "START_METHOD_SPAWN"
    assert HABITS[name].says in served.ready["startMethodReason"]
    assert "succeeded" in end, (end, trial.output)
    assert status == 0, trial.output


@pytest.mark.parametrize("name", of(Outcome.REFUSED))
def test_a_habit_that_cannot_be_borne_is_refused_at_load(name: str, trial: Trial) -> None:
    loaded = trial.load()

    assert "snapshot" not in loaded.frame
    assert HABITS[name].says in loaded.problem
    assert loaded.status == 0, trial.output


@pytest.mark.parametrize("name", of(Outcome.NOT_STARTED))
def test_a_habit_that_no_host_bears_is_named_in_the_runs_failure(name: str, trial: Trial) -> None:
    loaded = trial.load()
    served = trial.serve(loaded.frame["snapshot"], "fork")

    if served.ready["state"] == "HOST_STATE_READY":
        failure = trial.run(served, 1)["failed"]["failure"]
    else:
        failure = served.ready["failure"]

    assert failure["reason"] == "FAILURE_REASON_START_FAILED"
    assert HABITS[name].says in failure["message"]
    trial.leave(served)


@pytest.mark.parametrize("name", ["forked-on"])
def test_a_process_that_a_module_forks_ends_where_the_import_ends(name: str, trial: Trial) -> None:
    loaded = trial.load()
    served = trial.serve(loaded.frame["snapshot"], "spawn")

    ends = [trial.run(served, attempt) for attempt in (1, 2)]
    status = trial.leave(served)

    assert all("succeeded" in end for end in ends), ends
    assert status == 0, trial.output
    assert len((trial.folder / "ran").read_text().splitlines()) == len(ends)


def test_the_page_has_a_row_for_each_habit_and_no_other() -> None:
    rows: dict[str, list[str]] = {}
    heading = ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith(("| at import", "|---")):
            rows.setdefault(heading, []).append(line.split(" | ")[0].removeprefix("| "))

    expected = {
        str(outcome): [HABITS[name].row for name in of(outcome)]
        for outcome in Outcome
        if of(outcome)
    }

    assert rows == expected
