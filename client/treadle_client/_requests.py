"""What calls that take or give more than one thing are made with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from treadle_client._log import LogStream
from treadle_client._plan import PlanOptions, Selection
from treadle_client._reexecution import Reexecution
from treadle_client._run import Run
from treadle_client._run_limits import RunLimits

T = TypeVar("T")

#: What the contract's numbers have room for.
MOST_ATTEMPTS: Final = 2**31 - 1
MOST_BYTES: Final = 2**63 - 1
MOST_EVENTS: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What LaunchRun is asked for. `digest` and `fingerprint` pin a plan; "" pins nothing.

    A `reexecution` takes location, selection and options from the run that it goes on from.
    """

    location: str
    selection: Selection
    options: PlanOptions
    tags: Mapping[str, str]
    idempotency_key: str
    digest: str = ""
    fingerprint: str = ""
    limits: RunLimits = field(default_factory=RunLimits)
    reexecution: Reexecution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchedRun:
    """What LaunchRun answers: the run as recorded, and what to know of its plan.

    `existed`: the idempotency key was known, and this is the earlier run.
    """

    run: Run
    existed: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """What ReadLogs is asked for. `attempt` 0: the last one that started.

    Raises:
        ValueError: the attempt or the offset is no number that one could have.
    """

    run_id: str
    step_key: str
    attempt: int
    stream: LogStream
    offset: int
    follow: bool

    def __post_init__(self) -> None:
        if not 0 <= self.attempt <= MOST_ATTEMPTS:
            raise ValueError(f"attempt is {self.attempt}; give a number from 1 on.")
        if not 0 <= self.offset <= MOST_BYTES:
            raise ValueError(f"offset is {self.offset}; give a byte's, from 0 on.")


class Stream(Generic[T]):
    """A call that streams: iterate it once; `cancel` ends it, from any thread."""

    def __init__(self, items: Iterator[T], cancel: Callable[[], object]) -> None:
        self._items = items
        self._cancel = cancel

    def __iter__(self) -> Iterator[T]:
        return self._items

    def cancel(self) -> None:
        """End the call: the iteration raises UnreachableError, wherever it waits."""
        self._cancel()
