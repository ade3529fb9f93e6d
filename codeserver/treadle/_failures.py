"""How a step fails: in which part of it, and why, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from treadle._errors import DefinitionError, TreadleError
from treadle._interrupted import StepInterrupted
from treadle._policies import milliseconds
from treadle._retry_requests import Failure, RetryRequested
from treadle.lazy_dataclasses import dataclass
from treadle.snapshot import MetadataEntry


class Where(StrEnum):
    """In which part of a step an error arose. The values are run.proto's FailureWhere."""

    COMPUTE = "compute"
    """In the op's body."""
    LOAD = "load"
    """While an input was loaded."""
    STORE = "store"
    """While an output was stored."""
    TYPE_CHECK = "type_check"
    """A value was not of its declared type."""
    RESOURCE = "resource"
    """While a resource was set up or torn down, or one was missing."""
    CONFIG = "config"
    """Configuration was refused."""
    OUTPUT = "output"
    """The op yielded what it must not, or left out what it must yield."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAsk:
    """An op's own wish to be tried again: how often at most, and after how long."""

    max_retries: int
    delay_ms: int


class StepFailedError(TreadleError):
    """A step failed by the user's doing. Its cause is the user's exception, if one was raised.

    `retry`, `allow_retries` and `metadata` are what a RetryRequested or a Failure says. `stale`: it
    is nobody's doing, a value that was to be read is not there any more.
    """

    def __init__(self, where: Where, message: str, *, stale: bool = False) -> None:
        self.where = where
        self.stale = stale
        self.message = message
        super().__init__(message)

    @property
    def retry(self) -> RetryAsk | None:
        """What the op asks for; None: its policy decides."""
        asked = self.__cause__
        if not isinstance(asked, RetryRequested):
            return None
        return RetryAsk(
            max_retries=asked.max_retries, delay_ms=milliseconds(asked.seconds_to_wait or 0.0)
        )

    @property
    def allow_retries(self) -> bool:
        """Whether its policy may try it again."""
        return not isinstance(self.__cause__, Failure) or self.__cause__.allow_retries

    @property
    def metadata(self) -> tuple[MetadataEntry, ...]:
        """The facts that a Failure carries."""
        return self.__cause__.entries if isinstance(self.__cause__, Failure) else ()


@contextmanager
def user_code(where: Where, subject: str) -> Iterator[None]:
    """Make whatever the user's code raises the step's failure. `subject` says what was running.

    Raises:
        StepFailedError: anything was raised.
        StepInterrupted: the step was told to end; that is no failure of its.
    """
    try:
        yield
    except (StepFailedError, StepInterrupted):
        raise
    # The user's function may raise anything: sys.exit(), a cancelled task, an interrupt.
    except BaseException as error:
        raise StepFailedError(where, f"{subject} {_raised(error)}") from error


def _raised(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, SystemExit):
        return (
            f"called sys.exit({'' if error.code is None else repr(error.code)})."
            " Return to end well; raise an exception to fail."
        )
    text = _text(error)
    if isinstance(error, DefinitionError):
        # Its place is the failure's.
        also = f" See also {', '.join(map(str, error.others))}." if error.others else ""
        return f"raised {name}: {error.problem} {error.fix}{also}"
    if isinstance(error, RetryRequested):
        return f"asked to be tried again, {text}."
    return f"raised {name}: {text}" if text else f"raised {name}."


def _text(error: BaseException) -> str:
    try:
        return str(error).strip()
    # The user's as well: it may raise anything, and what failed is told all the same.
    except BaseException as other:  # noqa: BLE001
        return f"(its message cannot be had: str() of it raised {type(other).__name__})"
