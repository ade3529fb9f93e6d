"""Everything that this package raises.

    TreadleClientError
    ├── RequestError               the launcher refused the call: correct it (.reason .names …)
    │   ├── SelectionError         … the selection (.smallest: one that is accepted)
    │   │   └── NeverMaterializedError
    │   ├── ConfigError            … the config (.names: where)
    │   ├── StalePlanError         … the plan is another now (.changes)
    │   ├── IdempotencyConflictError  … the key was used for another request (.changes .run_id)
    │   ├── NotFoundError          … no such run, backfill, step, location, asset or text
    │   ├── LocationNotReadyError  … the location cannot be planned on or run now
    │   ├── RunFinishedError       … the run's state is final already
    │   ├── RunNotFinishedError    … the run to go on from goes on itself
    │   ├── NothingFailedError     … nothing of the run is left to run again
    │   ├── NothingToBackfillError … no partition is missing, or failed, of those that were asked for
    │   ├── CodeChangedError       … the code is not the run's, and was to be (.changes)
    │   └── AccessError            … the token is missing or wrong
    ├── UnreachableError           nobody answers (.address)
    ├── ServerFaultError           a fault of Treadle's own: report it
    ├── StartError                 local services did not start (.stderr)
    │   ├── HomeInUseError         … a launcher runs on that home already (.address .pid)
    │   └── LoadError              … the user's code could not be loaded (.location)
    ├── NotMadeError               nothing was stored of what is to be loaded
    ├── ValueUnreadableError       a stored value cannot be loaded here
    ├── RunFailed                  the run ended otherwise than SUCCEEDED (.result)
    ├── BackfillFailed             the backfill did (.result)
    ├── ResultTimeout              the run did not end in time (.run_id); a TimeoutError too
    └── BackfillTimeout            the backfill did not (.backfill_id); a TimeoutError too

The class's docstring is its default message.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING

from treadle_client.text._visible import visible
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle_client._backfill import BackfillResult
    from treadle_client._ids import RunId
    from treadle_client._messages import Location
    from treadle_client._result import RunResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a launcher said when it refused a call.

    `reason` is machine-readable; `names` are the offending names, `suggestions` existing ones
    like them, nearest first; `smallest` is a selection that is accepted, "" when there is none;
    `changes` says what differs, a line each.
    """

    reason: str
    message: str
    names: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    smallest: str = ""
    changes: tuple[str, ...] = ()


class TreadleClientError(Exception):
    """Treadle's client could not do what it was asked."""

    def __init__(self, message: str = "") -> None:
        # It holds names and words of others, and ends in tracebacks, on terminals.
        self.message = visible(message or inspect.cleandoc(type(self).__doc__ or ""))
        super().__init__(self.message)


class RequestError(TreadleClientError):
    """The launcher refused the request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(_with_changes(refusal))
        self.refusal = refusal

    @property
    def reason(self) -> str:
        """The machine-readable reason, for example "UNKNOWN_ASSET"."""
        return self.refusal.reason

    @property
    def names(self) -> tuple[str, ...]:
        """The offending names, in the order they were written."""
        return self.refusal.names

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Names that exist and resemble the offending ones, nearest first."""
        return self.refusal.suggestions

    @property
    def changes(self) -> tuple[str, ...]:
        """What differs, a line each: of a stale plan, a key used twice, code not loaded anew."""
        return self.refusal.changes


class SelectionError(RequestError):
    """The selection is wrong, or cannot be made as it stands."""

    @property
    def smallest(self) -> str:
        """The smallest selection that contains this one and is accepted; "" when there is none."""
        return self.refusal.smallest


class NeverMaterializedError(SelectionError):
    """An asset that the plan must load has no stored value."""


class ConfigError(RequestError):
    """The config is not what ops take, or lacks something that they need."""


class PartitionError(RequestError):
    """The partition is not there, is to be named, or nothing that is selected has partitions."""


class StalePlanError(RequestError):
    """The plan is another now than the one that was passed: plan again, look, launch that."""


class IdempotencyConflictError(RequestError):
    """The idempotency key was used for another request."""

    @property
    def run_id(self) -> str:
        """The run that the key names."""
        return self.names[0] if self.names else ""


class NotFoundError(RequestError):
    """There is no such run, backfill, step, location, asset or text."""


class LocationNotReadyError(RequestError):
    """The code location cannot be planned on, or not run on this machine."""


class RunFinishedError(RequestError):
    """The run's state is final already: there is nothing to cancel."""


class RunNotFinishedError(RequestError):
    """The run goes on: wait for its end, or cancel it, before going on from it."""


class NothingFailedError(RequestError):
    """Nothing of the run is left to run again: name steps, or ask for all of it."""


class NothingToBackfillError(RequestError):
    """No partition is missing, or failed, of those that were asked for."""


class CodeChangedError(RequestError):
    """The code is not that of the earlier run, and the same code was asked for."""


class AccessError(RequestError):
    """The token is missing or wrong."""


class NotMadeError(TreadleClientError):
    """No run has made it."""


class ValueUnreadableError(TreadleClientError):
    """The value cannot be loaded in this process."""


class UnreachableError(TreadleClientError):
    """Nobody answers at that address."""

    def __init__(self, message: str = "", *, address: str = "") -> None:
        super().__init__(message)
        self.address = address


class ServerFaultError(TreadleClientError):
    """The launcher met a fault of its own. Please report it with the launcher's log."""


class StartError(TreadleClientError):
    """The local services did not start."""

    def __init__(self, message: str = "", *, stderr: str = "", usage: bool = False) -> None:
        super().__init__(f"{message}\n{stderr.rstrip()}" if stderr.strip() else message)
        self.stderr = stderr
        #: What was asked for was wrong; trying again as it stands will not help.
        self.usage = usage


class HomeInUseError(StartError):
    """A launcher runs on that home already."""

    def __init__(self, home: str, *, pid: int, address: str) -> None:
        super().__init__(
            f"The home {home} is in use by the launcher with pid {pid}. Talk to that one"
            f" (--launcher {address} in place of -f and -m, Client.connect({address!r})), wait for"
            " its end, or name another home.",
            usage=True,
        )
        self.home = home
        self.pid = pid
        self.address = address


class LoadError(StartError):
    """The code could not be loaded."""

    def __init__(self, location: Location) -> None:
        reports = "\n".join(str(report) for report in location.modules)
        super().__init__(f"The code of location {location.name} could not be loaded.\n{reports}")
        self.usage = True
        self.location = location


class RunFailed(TreadleClientError):
    """The run did not succeed."""

    def __init__(self, message: str, *, result: RunResult) -> None:
        super().__init__(message)
        self.result = result


class ResultTimeout(TreadleClientError, TimeoutError):
    """The run did not end in time. It goes on: ask again."""

    def __init__(self, run_id: RunId, seconds: float) -> None:
        super().__init__(f"Run {run_id} did not end within {seconds:g} s. It goes on: ask again.")
        self.run_id = run_id


class BackfillFailed(TreadleClientError):
    """The backfill did not succeed."""

    def __init__(self, message: str, *, result: BackfillResult) -> None:
        super().__init__(message)
        self.result = result


class BackfillTimeout(TreadleClientError, TimeoutError):
    """The backfill did not end in time. It goes on: ask again."""

    def __init__(self, backfill_id: str, seconds: float) -> None:
        super().__init__(
            f"Backfill {backfill_id} did not end within {seconds:g} s. It goes on: ask again."
        )
        self.backfill_id = backfill_id


def _with_changes(refusal: Refusal) -> str:
    return "\n".join((refusal.message, *(f"  {line}" for line in _unsaid(refusal))))


def _unsaid(refusal: Refusal) -> Sequence[str]:
    """Keep the changes that the message does not say itself."""
    return [line for line in refusal.changes if line not in refusal.message]


for _each in tuple(globals().values()):
    if isinstance(_each, type) and issubclass(_each, TreadleClientError):
        # As it is imported: so tracebacks name it.
        _each.__module__ = "treadle_client"
