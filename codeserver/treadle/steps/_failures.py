"""How a step fails: in which part of it, and why, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from treadle._errors import DefinitionError, TreadleError
from treadle._policies import milliseconds
from treadle._retry_requests import Failure, RetryRequested
from treadle.steps._interrupted import StepInterrupted

if TYPE_CHECKING:
    from treadle_contract.run import FailureWhere
    from treadle_contract.value import MetadataEntry
    from treadle_contract.worker import AttemptSucceeded, RetryRequest


class StepFailedError(TreadleError):
    """A step failed by the user's doing. Its cause is the user's exception, if one was raised.

    `retry`, `allow_retries` and `metadata` are what a RetryRequested or a Failure says. `stale`: it
    is nobody's doing, a value that was to be read is not there any more. `made` is committed all the
    same: a blocking check of it did not hold.
    """

    def __init__(
        self,
        where: FailureWhere,
        message: str,
        *,
        stale: bool = False,
        made: AttemptSucceeded | None = None,
        metadata: tuple[MetadataEntry, ...] = (),
    ) -> None:
        self.where = where
        self.made = made
        self.stale = stale
        self.message = message
        self._metadata = metadata
        super().__init__(message)

    @property
    def retry(self) -> RetryRequest | None:
        """What the op asks for; None: its policy decides."""
        asked = self.__cause__
        if not isinstance(asked, RetryRequested):
            return None
        from treadle_contract.worker import RetryRequest  # noqa: PLC0415 -- not what a start waits for

        return RetryRequest(
            max_retries=asked.max_retries, delay_ms=milliseconds(asked.seconds_to_wait or 0.0)
        )

    @property
    def allow_retries(self) -> bool:
        """Whether its policy may try it again."""
        if self.made is not None:
            return False
        return not isinstance(self.__cause__, Failure) or self.__cause__.allow_retries

    @property
    def metadata(self) -> tuple[MetadataEntry, ...]:
        """The facts that a Failure carries, or the check of a type."""
        return self.__cause__.entries if isinstance(self.__cause__, Failure) else self._metadata


class TaskMismatchError(TreadleError):
    """A task says what cannot be. That is never the user's doing: it names the field."""


@contextmanager
def user_code(where: FailureWhere, subject: str) -> Iterator[None]:
    """Make whatever the user's code raises the step's failure. `subject` says what was running.

    Raises:
        StepFailedError: anything was raised.
        TaskMismatchError: it was raised.
        StepInterrupted: the step was told to end; that is no failure of its.
    """
    try:
        yield
    except (StepFailedError, StepInterrupted, TaskMismatchError):
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
    return f"raised {name}: {text}{_hint(error, text)}" if text else f"raised {name}."


def _hint(error: BaseException, text: str) -> str:
    """Say how an asset is read, of an error that a definition in the place of its value makes."""
    if not isinstance(error, TypeError | AttributeError) or "'AssetsDefinition'" not in text:
        return ""
    return ". The value of an asset is read by an argument of the asset's name"


def _text(error: BaseException) -> str:
    try:
        return str(error).strip()
    # The user's as well: it may raise anything, and what failed is told all the same.
    except BaseException as other:  # noqa: BLE001
        return f"(its message cannot be had: str() of it raised {type(other).__name__})"
