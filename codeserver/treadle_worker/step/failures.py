"""What a step process says of itself when the attempt failed."""

from __future__ import annotations

import traceback

from treadle import TreadleError
from treadle.locations.snapshot import SourceLine
from treadle.steps.execution import StepFailedError
from treadle_contract.run import Failure, FailureReason, FailureWhere
from treadle_contract.value import Text
from treadle_worker.loading.problems import Problem, describe
from treadle_worker.loading.raised import class_name
from treadle_worker.step import limits

_MESSAGE_CHARACTERS = 16 * 1024
# A fact holds 63 MiB (MAX_FACT_BYTES), and JSON writes one character as six bytes at most.
_TRACEBACK_CHARACTERS = 10 * 1024 * 1024
_OF_OUTPUTS = {FailureWhere.OUTPUT, FailureWhere.TYPE_CHECK, FailureWhere.STORE}
_TRACEBACK = "Traceback (most recent call last):"


def step_failure(error: StepFailedError, *, op: SourceLine | None = None) -> Failure:
    """Describe what the user's code, or what it gave, did wrong.

    `op` is where the op is written: the place of what is wrong with its outputs, whose making was
    over by then.
    """
    place = op if error.where in _OF_OUTPUTS and not error.stale else None
    cause = error.__cause__
    if cause is None:
        return Failure(
            reason=FailureReason.STALE if error.stale else FailureReason.USER_ERROR,
            where=None if error.stale else error.where,
            message=_cut(str(error), _MESSAGE_CHARACTERS),
            source=place,
            metadata=error.metadata,
        )
    problem = describe(cause)
    # What we raised at no line of the user's is told by the message alone.
    tells_more = problem.has_frames or not isinstance(cause, TreadleError)
    return Failure(
        reason=FailureReason.USER_ERROR,
        where=error.where,
        message=_cut(str(error), _MESSAGE_CHARACTERS),
        error_class=class_name(cause),
        traceback=_traceback(problem.text) if tells_more else None,
        source=problem.source or place,
        metadata=error.metadata,
    )


def internal_failure(error: BaseException) -> Failure:
    """Describe what is ours to mend, with our frames."""
    return Failure(
        reason=FailureReason.INTERNAL,
        message=_cut(
            f"Treadle itself failed: {type(error).__name__}: {error}{limits.explain(error)}. Please"
            " report it.",
            _MESSAGE_CHARACTERS,
        ),
        error_class=class_name(error),
        traceback=_traceback("".join(traceback.format_exception(error)).rstrip("\n")),
    )


def not_started(step_key: str, error: Exception) -> Failure:
    """Describe why no process could be started for a step."""
    why = str(error) if isinstance(error, OSError) else f"{class_name(error)}: {error}"
    return Failure(
        reason=FailureReason.START_FAILED,
        message=_cut(
            f"No process could be started for {step_key}: {why}{limits.explain(error)}.",
            _MESSAGE_CHARACTERS,
        ),
        traceback=None if isinstance(error, OSError) else _traceback(describe(error).text),
    )


def import_failure(problem: Problem) -> Failure:
    """Describe why the user's code could not be imported."""
    head, found, _ = problem.text.partition(_TRACEBACK)
    message = head.strip() or problem.text.rpartition("\n")[2]
    return Failure(
        reason=FailureReason.START_FAILED,
        message=_cut(f"The code could not be imported: {message}", _MESSAGE_CHARACTERS),
        traceback=_traceback(problem.text) if found else None,
        source=problem.source,
    )


def whole(text: str) -> Text | None:
    """Return a text as messages of a worker hold it; None if there is none."""
    return Text(head=text) if text else None


def _traceback(text: str) -> Text | None:
    return whole(_cut(text, _TRACEBACK_CHARACTERS))


def _cut(text: str, characters: int) -> str:
    """Keep the ends of a text that is too long to be told."""
    if len(text) <= characters:
        return text
    half = characters // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters are left out …\n{text[-half:]}"
