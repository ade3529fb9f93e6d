"""The commands of ours that somebody may give while no launcher runs, and what is right to come of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.place import MODULE

OTHER = str(Path(__file__).with_name("other_assets.py"))
"""Code of somebody else's."""
OWN = str(MODULE)
"""The code of the runs."""

OK, FAILED, REFUSED, NOT_STARTED = 0, 1, 2, 3
_FINAL = ("succeeded", "failed", "cancelled")
_STEP = "plain.first"


@dataclass(frozen=True, kw_only=True)
class Right:
    """The exit code that is right, and words that standard error holds then."""

    exit_code: int = OK
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What a command meets. `home`: the one that it is given, a copy of `original` or itself."""

    home: Path
    original: Path
    run_id: str

    @property
    def is_copy(self) -> bool:
        """Whether the home is a copy that holds runs which are its original's to go on with."""
        return self.home != self.original and self._has("runs", f"state NOT IN {_FINAL}")

    @property
    def is_over(self) -> bool:
        """Whether the run's end is recorded."""
        return self._has("runs", f"run_id = :run AND state IN {_FINAL}")

    def has_recorded(self, *kinds: str) -> bool:
        """Whether one of these events of the run's first step is recorded."""
        named = " OR ".join(f"kind = '{kind}'" for kind in kinds)
        return self._has("events", f"run_id = :run AND step_key = '{_STEP}' AND ({named})")

    def _has(self, table: str, condition: str) -> bool:
        query = f"SELECT count(*) FROM {table} WHERE {condition}"
        with closing(sqlite3.connect(self.original / "treadle.db")) as database:
            (count,) = database.execute(query, {"run": self.run_id}).fetchone()
        return bool(count)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command. `words`: as typed, RUN for a run's id; `right`: what is to come of it.

    `changes`: whether it may change the home. `ran`: how many lines ops write that it runs: of
    somebody else's code, or of a step by hand.
    """

    words: tuple[str, ...]
    right: Callable[[Moment], Right] = lambda _: Right()
    changes: bool = False
    ran: int = 0

    @property
    def takes_lock(self) -> bool:
        """Whether it writes into the home's lock who has it, be it refused or find nothing to do."""
        return self.changes or self.words == ("db", "upgrade")

    def __str__(self) -> str:
        shown = {OTHER: "theirs", OWN: "ours"}
        return " ".join(shown.get(word, word) for word in self.words if word != "RUN")


def _unless_foreign(moment: Moment) -> Right:
    return _foreign(moment, NOT_STARTED) if moment.is_copy else Right()


def _launcher(moment: Moment) -> Right:
    return _foreign(moment, FAILED)


def _foreign(moment: Moment, exit_code: int) -> Right:
    told = f"the home {moment.home} is not continued: it was written as {moment.original},"
    return Right(exit_code=exit_code, told=told)


def _no_launcher(moment: Moment) -> Right:
    told = f"error: No launcher runs on the home {moment.home}. Start "
    return Right(exit_code=NOT_STARTED, told=told)


def _no_asset(_: Moment) -> Right:
    return Right(exit_code=REFUSED, told="error: No location has the asset plain.")


def _no_backfill(_: Moment) -> Right:
    return Right(exit_code=REFUSED, told="error: There is no backfill latest.")


def _cancel(moment: Moment) -> Right:
    if moment.is_copy:
        return _foreign(moment, NOT_STARTED)
    waits = f"error: Run {moment.run_id} waits for the next `treadle launcher` on this home;"
    ended = f"The run {moment.run_id} has ended already."
    return Right(exit_code=REFUSED, told=ended if moment.is_over else waits)


def _rerun(moment: Moment) -> Right:
    return _foreign(moment, NOT_STARTED) if moment.is_copy else _rerun_plan(moment)


def _rerun_plan(moment: Moment) -> Right:
    goes_on = f"error: The run {moment.run_id} goes on: wait for its end, or cancel it."
    gone = "error: No asset has the key 'plain'."
    return Right(exit_code=REFUSED, told=gone if moment.is_over else goes_on)


def _watch(moment: Moment) -> Right:
    told = f"error: Run {moment.run_id} is not over, and no launcher runs on its home that would"
    return Right() if moment.is_over else Right(exit_code=REFUSED, told=told)


def _follow(moment: Moment) -> Right:
    if moment.has_recorded("step_succeeded"):
        return Right(told=f"Attempt 1 of {_STEP} SUCCEEDED.")
    told = f"error: Step {_STEP} of run {moment.run_id} is not over, and no launcher runs on its"
    return Right(exit_code=REFUSED, told=told)


def _debug(moment: Moment) -> Right:
    if moment.has_recorded("step_started"):
        return Right(told=f"Step {_STEP} succeeded: it yielded result, which is thrown away.")
    never = f"error: Step {_STEP} of the run never started: it is "
    return Right(exit_code=REFUSED, told=never)


def _debug_theirs(moment: Moment) -> Right:
    started = moment.has_recorded("step_started")
    gone = f"The code has no step {_STEP} any more."
    return Right(exit_code=FAILED, told=gone) if started else _debug(moment)


DEV = Command(words=("dev", "-f", OWN, "--name", "chaos"), right=_unless_foreign, changes=True)
"""Serves the very code of the runs, until Ctrl-C; a second one beside it is refused."""
SECOND_DEV = Right(exit_code=REFUSED, told=": have that one load changed code (treadle reload),")
MATERIALIZE = Command(
    words=("materialize", "-f", OTHER), right=_unless_foreign, changes=True, ran=1
)
DEBUG = Command(words=("runs", "debug", "RUN", _STEP, "-f", OWN), right=_debug, ran=2)
LAUNCHER = Command(words=("launcher",), right=_launcher, changes=True)
"""Given on a copy alone, where it is refused: at home it is the next launcher."""

COMMANDS = (
    Command(words=("disk",)),
    Command(words=("gc", "--plan")),
    Command(words=("runs", "list")),
    Command(words=("runs", "list", "-f", OTHER)),
    Command(words=("runs", "show", "RUN")),
    Command(words=("runs", "logs", "RUN")),
    Command(words=("runs", "logs", "RUN", _STEP, "--follow"), right=_follow),
    Command(words=("runs", "watch", "RUN", "--no-follow")),
    Command(words=("runs", "watch", "RUN"), right=_watch),
    Command(words=("assets", "-f", OTHER)),
    Command(words=("assets", "show", "plain")),
    Command(words=("assets", "show", "other", "-f", OTHER)),
    Command(words=("graph", "-f", OTHER)),
    Command(words=("graph",), right=_no_launcher),
    Command(words=("plan", "-f", OTHER)),
    Command(words=("explain", "-f", OTHER)),
    Command(words=("locations",)),
    Command(words=("locations", "-f", OWN)),
    Command(words=("reload",), right=_no_launcher),
    Command(words=("db", "check")),
    Command(words=("db", "upgrade")),
    DEBUG,
    Command(words=("runs", "debug", "RUN", _STEP, "-f", OTHER), right=_debug_theirs),
    Command(words=("runs", "rerun", "RUN", "--plan"), right=_no_launcher),
    Command(words=("runs", "rerun", "RUN", "--plan", "-f", OTHER), right=_rerun_plan),
    Command(words=("runs", "rerun", "RUN", "-f", OTHER), right=_rerun, changes=True),
    Command(words=("runs", "cancel", "RUN"), right=_no_launcher),
    Command(words=("runs", "cancel", "RUN", "-f", OTHER), right=_cancel, changes=True),
    Command(words=("partitions", "list", "days")),
    Command(words=("partitions", "show", "plain"), right=_no_asset),
    Command(words=("partitions", "add", "days", "monday"), right=_no_launcher),
    Command(
        words=("partitions", "add", "days", "monday", "-f", OTHER),
        right=_unless_foreign,
        changes=True,
    ),
    Command(words=("partitions", "remove", "days", "monday"), right=_no_launcher),
    Command(words=("backfill", "list")),
    Command(words=("backfill", "show", "latest"), right=_no_backfill),
    Command(words=("backfill", "watch", "latest"), right=_no_backfill),
    Command(words=("backfill", "cancel", "latest"), right=_no_launcher),
    Command(words=("backfill", "retry", "latest"), right=_no_launcher),
    Command(words=("backfill", "launch"), right=_no_launcher),
    Command(words=("gc",), changes=True),
    Command(words=("gc", "--forget-values"), changes=True),
    MATERIALIZE,
    DEV,
    LAUNCHER,
)

LEFT_OUT = {
    "check": "it looks at a file, and at no home",
    "codeserver": "It has nothing to do with a home: it serves code, and who calls it is what is tried.",
}
"""The commands that are not among them, and why."""
