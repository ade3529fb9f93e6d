"""Why a step or a run failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from treadle_client._metadata import NO_METADATA, Metadata
from treadle_client._text import Text
from treadle_client._value_ref import SourceLocation


class FailureReason(StrEnum):
    """Why an attempt, or a run, failed."""

    #: The user's code, or a rule about what it returned: see `Failure.where`.
    USER_ERROR = "user_error"
    #: A deadline passed.
    TIMEOUT = "timeout"
    #: The memory limit was met.
    OOM = "oom"
    #: A signal that Treadle did not send ended the process.
    SIGNAL = "signal"
    #: The process ended by itself before it reported.
    EXIT = "exit"
    #: The host that ran it is gone.
    LOST = "lost"
    #: The host could not be started or could not import the code.
    START_FAILED = "start_failed"
    #: What was planned is not there any more: the code, or a stored value that was to be read.
    STALE = "stale"
    #: A fault of Treadle's own.
    INTERNAL = "internal"
    #: The code defines something else each time that it is imported: no plan of it can run.
    UNSTABLE = "unstable"


class FailureWhere(StrEnum):
    """In which part of a step a user_error arose."""

    #: In the op's body.
    COMPUTE = "compute"
    #: While an input was loaded.
    LOAD = "load"
    #: While an output was stored.
    STORE = "store"
    #: A value was not of its declared type.
    TYPE_CHECK = "type_check"
    #: While a resource was set up or torn down.
    RESOURCE = "resource"
    #: Configuration was refused.
    CONFIG = "config"
    #: The op yielded what it must not, or left out what it must yield.
    OUTPUT = "output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something failed.

    `where` is set for a user_error, `error_class` and `traceback` when an exception was raised,
    `source` when a traceback names a line of the user's, `exit_code` for an exit, `signal` when
    one ended the process, `stderr_tail` when its process wrote anything to stderr. `evidence` are
    the facts that the reason rests on, a sentence each; `likely`: they do not prove it.
    `metadata` is what the user's own Failure says.
    """

    reason: FailureReason
    where: FailureWhere | None
    message: str
    error_class: str
    traceback: Text
    source: SourceLocation | None
    exit_code: int | None
    signal: str
    stderr_tail: Text
    likely: bool = False
    evidence: tuple[str, ...] = ()
    metadata: Metadata = NO_METADATA
