"""A command that somebody gives around a crash, what is right to come of it, and whether that came."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.home_content import HomeContent
from tests.chaos.kills import Outcome
from tests.chaos.place import Place

OTHER = str(Path(__file__).with_name("other_assets.py"))
READING = (
    ("disk",),
    ("gc", "--plan"),
    ("runs", "list"),
    ("runs", "list", "-f", OTHER),
    ("runs", "show", "RUN"),
    ("runs", "logs", "RUN"),
    ("runs", "watch", "RUN", "--no-follow"),
    ("assets", "-f", OTHER),
    ("plan", "-f", OTHER),
    ("db", "check"),
)
MATERIALIZE = ("materialize", "-f", OTHER)
CANCEL = ("runs", "cancel", "RUN", "-f", OTHER)
RERUN = ("runs", "rerun", "RUN", "-f", OTHER)
LAUNCHER = ("launcher",)
"""Tried on a copy alone, where it is refused: at home it is the next launcher."""
ACTING = (("gc",), MATERIALIZE, CANCEL, RERUN, LAUNCHER)
SWEEPING = ("gc",)

OK, FAILED, REFUSED, NOT_STARTED = 0, 1, 2, 3
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


@dataclass(kw_only=True)
class People(Outcome):
    """What was done, beside what a storm counts."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        acts = {
            "commands, and where": dict(sorted(self.done.items())),
            "of them refused, as they are to be": dict(sorted(self.refused.items())),
            "homes compared before and after a command that reads": dict(self.compared),
        }
        return {**acts, **super().figures()}


def wheres(place: Place) -> tuple[str, ...]:
    """Return where commands can be given here, and let another user find the home that it may not read."""
    place.root.chmod(0o711)
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
    words: Sequence[str]
    where: str
    run_id: str

    def do(self, outcome: People, is_stopped: bool) -> None:
        """Do it, and hold what came of it to what must: hosts and steps stopped meanwhile, or not."""
        with self._home() as home:
            exit_code, said = self.expected(home)
            reads = self.words in READING or exit_code != OK
            with self._unmoved(home, outcome, reads, is_stopped):
                others = self._others()
                done = self._run(home)
                if self.words != MATERIALIZE and self._others() != others:
                    outcome.faults.append(f"{self}: ran an op")
        if done is None:
            outcome.faults.append(f"{self}: did not end")
            return
        outcome.done[str(self)] += 1
        outcome.refused.update([str(self)] if exit_code != OK else [])
        told = done.stderr.replace("\n", " ")
        if done.returncode != exit_code or said not in told or "Traceback" in told:
            outcome.faults.append(f"{self}: {done.returncode} {done.stdout}{done.stderr}")

    def __str__(self) -> str:
        named = (word for word in self.words if word not in ("RUN", OTHER, "-f"))
        return f"{' '.join(named)}{' -f' * (OTHER in self.words)} ({self.where})"

    def expected(self, home: Path) -> tuple[int, str]:
        """Return the exit code that is right, and words that standard error holds then."""
        if self.where == "user":
            return REFUSED, f"Error: Invalid value for '--home': Path '{home}' is not readable."
        if self.words in (*READING, SWEEPING):
            return OK, ""
        if self.where == "copy":
            told = f"the home {home} is not gone on with: it was written as {self.place.home},"
            return (FAILED if self.words == LAUNCHER else NOT_STARTED), told
        is_over = self.run_id and self._is_over()
        if self.words == CANCEL:
            waits = f"error: Run {self.run_id} waits for the next `treadle launcher` on this home;"
            return REFUSED, f"The run {self.run_id} has ended already." if is_over else waits
        if self.words == RERUN:
            goes_on = f"error: The run {self.run_id} goes on: wait for its end, or cancel it."
            return REFUSED, "error: No asset has the key 'plain'." if is_over else goes_on
        return OK, ""

    def _is_over(self) -> bool:
        with closing(sqlite3.connect(self.place.home / "treadle.db")) as database:
            query = "SELECT state FROM runs WHERE run_id = ?"
            (state,) = database.execute(query, (self.run_id,)).fetchone()
        return state in ("succeeded", "failed", "cancelled")

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
        self, home: Path, outcome: People, reads: bool, is_stopped: bool
    ) -> Iterator[None]:
        """Compare what the home holds before and after, of a command that changes nothing."""
        if not reads:
            yield
            return
        with self._stopped() if is_stopped else nullcontext():
            before = HomeContent.of(home)
            yield
            after = HomeContent.of(home)
        is_exact = is_stopped or self.where == "copy"
        outcome.compared["whole" if is_exact else "values and database"] += 1
        found = before.changed(after) if is_exact else before.lost(after)
        outcome.faults += [f"{self}: {one}" for one in found]

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        self.place.signal_all(signal.SIGSTOP)
        try:
            yield
        finally:
            self.place.signal_all(signal.SIGCONT)

    def _others(self) -> int:
        """Count how often the op of those people ran."""
        others = self.place.scratch / "others"
        return len(others.read_text().splitlines()) if others.exists() else 0

    def _run(self, home: Path) -> subprocess.CompletedProcess[str] | None:
        words = [self.run_id if word == "RUN" else word for word in self.words]
        command = [sys.executable, "-P", "-m", "treadle_client", *words, "--home", str(home)]
        try:
            return subprocess.run(
                [*PREFIXES[self.where], *command],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None

    def _environment(self) -> dict[str, str]:
        if self.where != "user":
            return self.place.environment
        return {**self.place.environment, "XDG_RUNTIME_DIR": str(self.place.root / "nobody")}
