"""Why an attempt or a run failed: the launcher's mirror of run.proto's Failure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from treadle_launcher.values import MetadataEntry, SourceLocation, Text

MAKING_WHAT_WAS_LOST: Final = (
    '`--retry-lost 1`, or on={"lost"} in its policy, tries it again by itself;'
    " `treadle runs rerun RUN` makes it now."
)
"""What to do about an attempt whose host is gone."""


class FailureReason(StrEnum):
    """Why, for machines."""

    USER_ERROR = "user_error"
    """The user's code, or a rule about what it returned: see FailureWhere."""
    TIMEOUT = "timeout"
    """A deadline passed."""
    OOM = "oom"
    """The memory limit was met."""
    SIGNAL = "signal"
    """A signal that Treadle did not send ended the process."""
    EXIT = "exit"
    """The process ended by itself before it reported."""
    LOST = "lost"
    """The host that ran it is gone."""
    START_FAILED = "start_failed"
    """The host could not be started or could not import the code."""
    STALE = "stale"
    """What was planned is not there any more: the code, or a stored value that was to be read."""
    INTERNAL = "internal"
    """A fault of Treadle's own."""
    UNSTABLE = "unstable"
    """The code defines something else each time that it is imported: no plan of it can run."""


class FailureWhere(StrEnum):
    """In which part of a step a user_error arose."""

    COMPUTE = "compute"
    """In the op's body."""
    LOAD = "load"
    """While an input was loaded."""
    STORE = "store"
    """While an output was stored."""
    TYPE_CHECK = "type_check"
    """A value was not of its declared type."""
    RESOURCE = "resource"
    """While a resource was set up or torn down."""
    CONFIG = "config"
    """Configuration was refused."""
    OUTPUT = "output"
    """The op yielded what it must not, or left out what it must yield."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something failed.

    `where` is set for USER_ERROR, `exit_code` for EXIT, `signal` ("SIGSEGV") when one ended
    the process, `stderr_tail` when it wrote anything to stderr; `error_class`,
    `traceback` and `source` when an exception was raised. `evidence` are the facts that the
    reason rests on, a sentence each; `likely`: they do not prove it. `metadata` is what the
    user's own Failure says.
    """

    reason: FailureReason
    message: str
    where: FailureWhere | None = None
    error_class: str = ""
    traceback: Text | None = None
    source: SourceLocation | None = None
    exit_code: int = 0
    signal: str = ""
    stderr_tail: Text | None = None
    likely: bool = False
    evidence: tuple[str, ...] = ()
    metadata: tuple[MetadataEntry, ...] = ()
