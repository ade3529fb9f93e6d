"""A command that somebody gives around a crash, what is right to come of it, and whether that came."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.commands import DEV, OK, REFUSED, SECOND_DEV, Command, Moment, Right
from tests.chaos.home_content import HomeContent
from tests.chaos.kills import Outcome
from tests.chaos.place import Place
from tests.processes import running

NOBODY = 65534
SECONDS = 120.0
"""How long a command may take, and the start of a launcher."""

PREFIXES = {
    "home": (),
    "copy": (),
    "namespace": ("unshare", "--pid", "--fork", "--mount-proc"),
    "user": ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
}
"""Where somebody gives a command, and by which other command that is done."""

LAST_WORDS = "Ctrl-C ends both.\n"
"""What `treadle dev` says when it stands."""


@dataclass(kw_only=True)
class People(Outcome):
    """What was done, beside what a storm counts."""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        acts = {
            "commands given, and where": _by_place(self.done),
            "different commands": len({command for command, _ in self.done}),
            "of them refused, as they are to be": _by_place(self.refused),
            "homes compared before and after a command that reads": dict(self.compared),
        }
        return {**acts, **super().figures()}


def _by_place(given: Counter[tuple[str, str]]) -> dict[str, int]:
    counted = Counter[str]()
    for (_, where), count in sorted(given.items()):
        counted[where] += count
    return dict(sorted(counted.items()))


def wheres(place: Place) -> tuple[str, ...]:
    """Return where commands can be given here, and let another user find the home that it may not read."""
    place.root.chmod(0o711)
    (place.scratch / "acts").mkdir()
    runtime = place.root / "nobody"
    runtime.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(runtime, NOBODY, NOBODY)
    return tuple(where for where, prefix in PREFIXES.items() if not prefix or _works(prefix))


def _works(prefix: Sequence[str]) -> bool:
    """Whether commands can be given that way: as root, and our Python is there for anybody."""
    command = [*prefix, sys.executable, "-P", "-c", "import treadle_client.cli"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == OK
    except FileNotFoundError:
        return False


@dataclass(frozen=True, kw_only=True)
class Act:
    """One command, and where somebody gives it: on what home, in what namespace, as which user."""

    place: Place
    command: Command
    where: str
    run_id: str

    def __str__(self) -> str:
        return f"{self.command} ({self.where})"

    def do(self, outcome: People, is_stopped: bool) -> None:
        """Do it, and hold what came of it to what must: hosts and steps stopped meanwhile, or not."""
        with self._home() as home:
            right = self._right(home)
            recorded, ran = self._recorded(), self._ran()
            with self._unmoved(home, outcome, right, is_stopped):
                wrong = self._given(home, right)
            after = self._recorded()
        wrong += [f"recorded of {run}" for run in recorded if after.get(run) != recorded[run]]
        to_run = self.command.ran if right.exit_code == OK else 0
        if (runs := self._ran() - ran) != to_run:
            wrong.append(f"ops wrote {runs} lines, not {to_run}")
        given = (str(self.command), self.where)
        outcome.done[given] += 1
        outcome.refused[given] += right.exit_code != OK
        outcome.faults += [f"{self}: {one}" for one in wrong]

    def _right(self, home: Path) -> Right:
        if self.where == "user":
            told = f"Error: Invalid value for '--home': Path '{home}' is not readable."
            return Right(exit_code=REFUSED, told=told)
        return self.command.right(Moment(home=home, original=self.place.home, run_id=self.run_id))

    def _given(self, home: Path, right: Right) -> list[str]:
        """Give the command, and return what is wrong with what came of it."""
        if self.command == DEV and right.exit_code == OK:
            return self._dev(home)
        return _wrong(self._run(home), right)

    def _dev(self, home: Path) -> list[str]:
        """Start it, try a second one beside it, and end it as a terminal does."""
        with running(
            self._line(home),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as dev:
            said = "".join(_until_last_words(dev.stdout))
            wrong = _wrong(self._run(home), SECOND_DEV)
            with suppress(ProcessLookupError):
                os.killpg(dev.pid, signal.SIGINT)
            out, told = dev.communicate(timeout=SECONDS)
        done = subprocess.CompletedProcess(dev.args, dev.returncode, said + out, told)
        return wrong + _wrong(done, Right())

    def _run(self, home: Path) -> subprocess.CompletedProcess[str] | None:
        try:
            return subprocess.run(
                self._line(home),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None

    def _line(self, home: Path) -> list[str]:
        words = [self.run_id if word == "RUN" else word for word in self.command.words]
        command = [sys.executable, "-P", "-m", "treadle_client", *words, "--home", str(home)]
        return [*PREFIXES[self.where], *command]

    def _environment(self) -> dict[str, str]:
        """Have ops that such a command runs write apart from those of the runs."""
        own = {**self.place.environment, "CHAOS_SCRATCH": str(self._scratch)}
        if self.where != "user":
            return own
        return {**own, "XDG_RUNTIME_DIR": str(self.place.root / "nobody")}

    @property
    def _scratch(self) -> Path:
        return self.place.scratch / "acts"

    def _ran(self) -> int:
        """Count the lines that ops wrote which such commands ran."""
        return sum(len(file.read_text().splitlines()) for file in self._scratch.iterdir())

    def _recorded(self) -> dict[str, int]:
        """Return how much is recorded of each run."""
        with closing(sqlite3.connect(self.place.home / "treadle.db")) as database:
            query = "SELECT run_id, count(*) FROM events GROUP BY run_id"
            return dict(database.execute(query).fetchall())

    @contextmanager
    def _home(self) -> Iterator[Path]:
        if self.where != "copy":
            yield self.place.home
            return
        home = self.place.root / "copy"
        # Hosts that live on write and remove beside us.
        with suppress(shutil.Error):
            shutil.copytree(self.place.home, home, symlinks=True)
        try:
            yield home
        finally:
            shutil.rmtree(home, ignore_errors=True)

    @contextmanager
    def _unmoved(
        self, home: Path, outcome: People, right: Right, is_stopped: bool
    ) -> Iterator[None]:
        """Compare what the home holds before and after, of a command that changes nothing."""
        begins = right.exit_code == OK or (right.exit_code == REFUSED and self.where != "user")
        if self.command.changes and begins:
            yield
            return
        with self._stopped() if is_stopped else nullcontext():
            before = HomeContent.of(home)
            yield
            after = HomeContent.of(home)
        is_exact = is_stopped or self.where == "copy"
        outcome.compared["whole" if is_exact else "values and database"] += 1
        but_for = {"lock"} if self.command.takes_lock else set()
        found = before.changed(after, but_for) if is_exact else before.lost(after)
        outcome.faults += [f"{self}: {one}" for one in found]

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        self.place.signal_all(signal.SIGSTOP)
        try:
            yield
        finally:
            self.place.signal_all(signal.SIGCONT)


def _until_last_words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if line == LAST_WORDS:
            return


def _wrong(done: subprocess.CompletedProcess[str] | None, right: Right) -> list[str]:
    """Return what is wrong with what came of a command."""
    if done is None:
        return ["did not end"]
    told = done.stderr.replace("\n", " ")
    if done.returncode == right.exit_code and right.told in told and "Traceback" not in told:
        return []
    return [f"{done.returncode} {done.stdout}{done.stderr}"]
