"""What a call of the code server is refused with.

CodeServerError
└── RefusedError            a call is refused: reason, names, what to do
    ├── NotLoadedError      NOT_LOADED
    ├── UnstableError       UNSTABLE
    ├── NotLocalError       NOT_LOCAL
    ├── BadArgumentError    BAD_ARGUMENT
    ├── BadTokenError       BAD_TOKEN
    ├── ShuttingDownError   SHUTTING_DOWN
    ├── InternalError       INTERNAL
    └── PlanRefusedError    what the planner refuses with
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from treadle_planner import PlanRefused


class Reason(StrEnum):
    """The reasons of error.proto that a code server gives."""

    SELECTION_SYNTAX = "SELECTION_SYNTAX"
    SELECTION_AMBIGUOUS = "SELECTION_AMBIGUOUS"
    UNKNOWN_ASSET = "UNKNOWN_ASSET"
    EMPTY_SELECTION = "EMPTY_SELECTION"
    UNKNOWN_JOB = "UNKNOWN_JOB"
    UNKNOWN_STEPS = "UNKNOWN_STEPS"
    PARTIAL_BLOCK = "PARTIAL_BLOCK"
    BAD_CONFIG = "BAD_CONFIG"
    NOT_PARTITIONED = "NOT_PARTITIONED"
    UNKNOWN_PARTITIONS = "UNKNOWN_PARTITIONS"
    BAD_PARTITION = "BAD_PARTITION"
    NEVER_MATERIALIZED = "NEVER_MATERIALIZED"
    BAD_ARGUMENT = "BAD_ARGUMENT"
    NOT_LOADED = "NOT_LOADED"
    UNSTABLE = "UNSTABLE"
    NOT_LOCAL = "NOT_LOCAL"
    BAD_TOKEN = "BAD_TOKEN"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    INTERNAL = "INTERNAL"


class CodeServerError(Exception):
    """Something that the code server says in its own words."""


class RefusedError(CodeServerError):
    """The call is refused. The docstring of a subclass is its message."""

    reason: Reason = Reason.INTERNAL

    def __init__(
        self,
        message: str | None = None,
        *,
        names: tuple[str, ...] = (),
        suggestions: tuple[str, ...] = (),
        smallest: str = "",
    ) -> None:
        self.message = (type(self).__doc__ or "") if message is None else message
        self.names = names
        self.suggestions = suggestions
        self.smallest = smallest
        #: How the code on the disk differs from the code that the refusal is of.
        self.changes: tuple[str, ...] = ()
        super().__init__(self.message)


class NotLoadedError(RefusedError):
    """No load of this location has succeeded: GetLocation says why."""

    reason = Reason.NOT_LOADED


class UnstableError(RefusedError):
    """The definitions of this location are others at each import: GetLocation says which."""

    reason = Reason.UNSTABLE


class NotLocalError(RefusedError):
    """A launch spec is given over a Unix socket only."""

    reason = Reason.NOT_LOCAL


class BadArgumentError(RefusedError):
    """The request holds a value that it may not have."""

    reason = Reason.BAD_ARGUMENT


class BadTokenError(RefusedError):
    """Send the metadata "authorization: Bearer …" with the token of --token-file."""

    reason = Reason.BAD_TOKEN


class ShuttingDownError(RefusedError):
    """The code server is leaving: try again when it is back."""

    reason = Reason.SHUTTING_DOWN


class InternalError(RefusedError):
    """The code server failed, which is a fault of Treadle: its log says more."""


class PlanRefusedError(RefusedError):
    """The selection cannot be planned."""

    def __init__(self, refused: PlanRefused) -> None:
        self.reason = Reason(refused.reason)
        super().__init__(
            refused.message,
            names=tuple(refused.names),
            suggestions=tuple(refused.suggestions),
            smallest=refused.smallest,
        )


@contextmanager
def planner_refusals() -> Iterator[None]:
    """Translate what the planner raises.

    Raises:
        PlanRefusedError: the planner refused.
    """
    try:
        yield
    except PlanRefused as refused:
        raise PlanRefusedError(refused) from refused
