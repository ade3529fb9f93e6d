"""What calls of the launcher are refused with.

LauncherError
├── RefusedError                    a call is refused: reason, names, what to do
│   ├── BadAnswerError              INTERNAL
│   ├── BadArgumentError            BAD_ARGUMENT
│   ├── BadPageTokenError           BAD_PAGE_TOKEN
│   ├── UnknownRunError             UNKNOWN_RUN
│   ├── UnknownStepError            UNKNOWN_STEP
│   ├── UnknownTextError            UNKNOWN_TEXT
│   ├── UnknownAssetError           UNKNOWN_ASSET (asset history)
│   ├── UnknownLocationError        UNKNOWN_LOCATION
│   ├── LocationUnreachableError    LOCATION_UNREACHABLE
│   ├── NoHostForLocationError      NO_HOST_FOR_LOCATION
│   ├── SpansLocationsError         SPANS_LOCATIONS
│   ├── OwnedElsewhereError         EMPTY_SELECTION
│   ├── StalePlanError              STALE_PLAN
│   ├── IdempotencyConflictError    IDEMPOTENCY_CONFLICT
│   ├── RunFinishedError            RUN_FINISHED
│   ├── RunNotFinishedError         RUN_NOT_FINISHED
│   ├── RunLeftError                RUN_LEFT
│   ├── ReadsOnlyError              READS_ONLY
│   ├── NothingFailedError          NOTHING_FAILED
│   ├── CodeChangedError            CODE_CHANGED
│   ├── NotPartitionedError         NOT_PARTITIONED
│   ├── UnknownPartitionsError      UNKNOWN_PARTITIONS
│   ├── NothingToBackfillError      NOTHING_TO_BACKFILL
│   ├── UnknownBackfillError        UNKNOWN_BACKFILL
│   ├── BackfillFinishedError       BACKFILL_FINISHED
│   ├── BackfillNotFinishedError    BACKFILL_NOT_FINISHED
│   ├── WatcherBehindError          WATCHER_BEHIND
│   ├── ShuttingDownError           SHUTTING_DOWN
│   ├── HomeUnreadableError         HOME_UNREADABLE
│   ├── HomeUnavailableError        HOME_UNAVAILABLE
│   ├── BadTokenError               BAD_TOKEN
│   └── CodeServerRefusedError      what the code server said, handed on as it is
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from treadle_contract.lazy_dataclasses import dataclass

_NAME_CHARACTERS = 200


class Reason(StrEnum):
    """Machine-readable reasons, as error.proto lists them."""

    SELECTION_SYNTAX = "SELECTION_SYNTAX"
    UNKNOWN_ASSET = "UNKNOWN_ASSET"
    EMPTY_SELECTION = "EMPTY_SELECTION"
    SELECTION_AMBIGUOUS = "SELECTION_AMBIGUOUS"
    BAD_PAGE_TOKEN = "BAD_PAGE_TOKEN"
    BAD_ARGUMENT = "BAD_ARGUMENT"
    PARTIAL_BLOCK = "PARTIAL_BLOCK"
    NEVER_MATERIALIZED = "NEVER_MATERIALIZED"
    STALE_PLAN = "STALE_PLAN"
    NOT_LOADED = "NOT_LOADED"
    UNSTABLE = "UNSTABLE"
    NO_HOST_FOR_LOCATION = "NO_HOST_FOR_LOCATION"
    RUN_FINISHED = "RUN_FINISHED"
    RUN_NOT_FINISHED = "RUN_NOT_FINISHED"
    RUN_LEFT = "RUN_LEFT"
    READS_ONLY = "READS_ONLY"
    NOTHING_FAILED = "NOTHING_FAILED"
    CODE_CHANGED = "CODE_CHANGED"
    SPANS_LOCATIONS = "SPANS_LOCATIONS"
    UNKNOWN_STEPS = "UNKNOWN_STEPS"
    BAD_CONFIG = "BAD_CONFIG"
    NOT_PARTITIONED = "NOT_PARTITIONED"
    UNKNOWN_PARTITIONS = "UNKNOWN_PARTITIONS"
    BAD_PARTITION = "BAD_PARTITION"
    NOTHING_TO_BACKFILL = "NOTHING_TO_BACKFILL"
    UNKNOWN_BACKFILL = "UNKNOWN_BACKFILL"
    BACKFILL_FINISHED = "BACKFILL_FINISHED"
    BACKFILL_NOT_FINISHED = "BACKFILL_NOT_FINISHED"
    UNKNOWN_RUN = "UNKNOWN_RUN"
    UNKNOWN_STEP = "UNKNOWN_STEP"
    UNKNOWN_LOCATION = "UNKNOWN_LOCATION"
    UNKNOWN_JOB = "UNKNOWN_JOB"
    UNKNOWN_TEXT = "UNKNOWN_TEXT"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    LOCATION_UNREACHABLE = "LOCATION_UNREACHABLE"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    HOME_UNREADABLE = "HOME_UNREADABLE"
    HOME_UNAVAILABLE = "HOME_UNAVAILABLE"
    NOT_LOCAL = "NOT_LOCAL"
    BAD_TOKEN = "BAD_TOKEN"
    WATCHER_BEHIND = "WATCHER_BEHIND"
    INTERNAL = "INTERNAL"


class LauncherError(Exception):
    """Something that the launcher says in its own words."""


class RefusedError(LauncherError):
    """The call is refused.

    The first line of a subclass's docstring is its message; `{names}` in it stands for the
    names. Fields are those of Refusal in error.proto.
    """

    reason: Reason = Reason.INTERNAL

    def __init__(
        self,
        names: Iterable[str] = (),
        *,
        message: str | None = None,
        suggestions: Iterable[str] = (),
        smallest: str = "",
        changes: Iterable[str] = (),
    ) -> None:
        self.names = tuple(names)
        self.suggestions = tuple(suggestions)
        self.smallest = smallest
        self.changes = tuple(changes)
        self.message = self._default_message() if message is None else message
        super().__init__(self.message)

    def _default_message(self) -> str:
        line = (type(self).__doc__ or "").splitlines()[0]
        message = line.replace("{names}", ", ".join(map(_one_line, self.names)))
        if self.suggestions:
            message += " Did you mean " + " or ".join(self.suggestions) + "?"
        if self.changes:
            message += " What changed: " + "; ".join(self.changes) + "."
        return message


def _one_line(name: str) -> str:
    """Return a name as messages show it: short, and without control characters."""
    text = name if name.isprintable() else ascii(name)
    return text if len(text) <= _NAME_CHARACTERS else f"{text[:_NAME_CHARACTERS]}…"


class BadArgumentError(RefusedError):
    """The request is not complete."""

    reason = Reason.BAD_ARGUMENT


class BadAnswerError(RefusedError):
    """The code server of {names} answered what the contract does not allow."""


class BadPageTokenError(RefusedError):
    """The page token is none that this call gave: start again with an empty one."""

    reason = Reason.BAD_PAGE_TOKEN


class UnknownRunError(RefusedError):
    """There is no run {names}."""

    reason = Reason.UNKNOWN_RUN


class UnknownStepError(RefusedError):
    """The run has no step {names}."""

    reason = Reason.UNKNOWN_STEP


class UnknownTextError(RefusedError):
    """There is no text {names}."""

    reason = Reason.UNKNOWN_TEXT


class UnknownAssetError(RefusedError):
    """No location has the asset {names}, and no run ever made it."""

    reason = Reason.UNKNOWN_ASSET


class UnknownLocationError(RefusedError):
    """There is no location {names}."""

    reason = Reason.UNKNOWN_LOCATION


class LocationUnreachableError(RefusedError):
    """The code server of {names} does not answer: try again when it runs."""

    reason = Reason.LOCATION_UNREACHABLE


class NoHostForLocationError(RefusedError):
    """No host can run {names}: its code server is not on this machine or not this user's."""

    reason = Reason.NO_HOST_FOR_LOCATION


class SpansLocationsError(RefusedError):
    """The selection names assets of several locations, and a run makes assets of one only."""

    reason = Reason.SPANS_LOCATIONS

    def _default_message(self) -> str:
        each = ", ".join(f"--location {name}" for name in self.names)
        return f"{super()._default_message()} Launch one run each: {each}."


class OwnedElsewhereError(RefusedError):
    """Another location owns {names}: select it without naming a location, or name its owner."""

    reason = Reason.EMPTY_SELECTION


class StalePlanError(RefusedError):
    """The plan is another now: plan again, look at it, and launch that."""

    reason = Reason.STALE_PLAN


class IdempotencyConflictError(RefusedError):
    """The idempotency key was used for another request, which made run {names}."""

    reason = Reason.IDEMPOTENCY_CONFLICT


class RunFinishedError(RefusedError):
    """The run {names} has ended already."""

    reason = Reason.RUN_FINISHED


class RunNotFinishedError(RefusedError):
    """The run {names} goes on: wait for its end, or cancel it."""

    reason = Reason.RUN_NOT_FINISHED


class RunLeftError(RefusedError):
    """Run {names} waits for the next `treadle launcher` on this home; this one drives its own."""

    reason = Reason.RUN_LEFT


class ReadsOnlyError(RefusedError):
    """This launcher only reads the home: `treadle launcher` or `treadle dev` runs things on it."""

    reason = Reason.READS_ONLY


class NothingFailedError(RefusedError):
    """Nothing of run {names} is left to run again: name steps (--steps, in Python steps=…), or ask for all of it (--all, kind="all")."""

    reason = Reason.NOTHING_FAILED


class CodeChangedError(RefusedError):
    """The code is not that of run {names}, and the same code was asked for."""

    reason = Reason.CODE_CHANGED


class NotPartitionedError(RefusedError):
    """{names} has no partitions."""

    reason = Reason.NOT_PARTITIONED


class UnknownPartitionsError(RefusedError):
    """There is no partition {names}."""

    reason = Reason.UNKNOWN_PARTITIONS


class NothingToBackfillError(RefusedError):
    """There is nothing to backfill."""

    reason = Reason.NOTHING_TO_BACKFILL


class UnknownBackfillError(RefusedError):
    """There is no backfill {names}."""

    reason = Reason.UNKNOWN_BACKFILL


class BackfillFinishedError(RefusedError):
    """The backfill {names} has ended already."""

    reason = Reason.BACKFILL_FINISHED


class BackfillNotFinishedError(RefusedError):
    """The backfill {names} goes on: wait for its end, or cancel it."""

    reason = Reason.BACKFILL_NOT_FINISHED


class WatcherBehindError(RefusedError):
    """The watcher read too slowly: resume after sequence {names}."""

    reason = Reason.WATCHER_BEHIND


class ShuttingDownError(RefusedError):
    """The launcher is going: try again, or another one."""

    reason = Reason.SHUTTING_DOWN


class HomeUnreadableError(RefusedError):
    """The home cannot be read now: try again."""

    reason = Reason.HOME_UNREADABLE


class HomeUnavailableError(RefusedError):
    """The home's database cannot be read or written now: try again."""

    reason = Reason.HOME_UNAVAILABLE


class BadTokenError(RefusedError):
    """Over TCP, send "authorization: Bearer" and the launcher's token as metadata."""

    reason = Reason.BAD_TOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRefusal:
    """A refusal as another service sent it: see Refusal in error.proto."""

    reason: Reason
    message: str
    names: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    smallest: str = ""
    changes: tuple[str, ...] = ()


class CodeServerRefusedError(RefusedError):
    """The code server refused."""

    def __init__(self, refusal: ForeignRefusal) -> None:
        super().__init__(
            refusal.names,
            message=refusal.message,
            suggestions=refusal.suggestions,
            smallest=refusal.smallest,
            changes=refusal.changes,
        )
        self.reason = refusal.reason
