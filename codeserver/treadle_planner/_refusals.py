"""Why a plan was refused."""

from __future__ import annotations

from enum import StrEnum

from treadle._errors import TreadleError


class RefusalReason(StrEnum):
    """The reasons of error.proto that planning gives."""

    SELECTION_SYNTAX = "SELECTION_SYNTAX"
    """A text is not of the selection language."""
    SELECTION_AMBIGUOUS = "SELECTION_AMBIGUOUS"
    """An older form could mean two things."""
    UNKNOWN_ASSET = "UNKNOWN_ASSET"
    """A name that no asset here has, or one that nothing here makes."""
    EMPTY_SELECTION = "EMPTY_SELECTION"
    """Nothing that can be made is selected."""
    UNKNOWN_JOB = "UNKNOWN_JOB"
    """A job that is not defined here."""
    UNKNOWN_STEPS = "UNKNOWN_STEPS"
    """An expression over steps names none of the plan."""
    PARTIAL_BLOCK = "PARTIAL_BLOCK"
    """Some assets of a block that is made whole or not at all."""
    NOT_PARTITIONED = "NOT_PARTITIONED"
    """A partition was asked for, and nothing selected has any, or several definitions have it."""
    UNKNOWN_PARTITIONS = "UNKNOWN_PARTITIONS"
    """A partition that no definition of what is selected has."""
    BAD_PARTITION = "BAD_PARTITION"
    """A partition is to be named, or one that is needed is never there."""
    BAD_CONFIG = "BAD_CONFIG"
    """Config that is not what ops take, or that they lack."""
    NEVER_MATERIALIZED = "NEVER_MATERIALIZED"
    """Stored assets that are loaded and of which nothing is stored."""


class PlanRefused(TreadleError):
    """The selection cannot be planned.

    `names` are the offending names as written, `suggestions` what may have been meant, nearest
    first. `smallest` is the smallest selection that holds the refused one and is accepted, ""
    when there is none.
    """

    def __init__(
        self,
        reason: RefusalReason,
        message: str,
        *,
        names: tuple[str, ...] = (),
        suggestions: tuple[str, ...] = (),
        smallest: str = "",
    ) -> None:
        self.reason = reason
        self.message = message
        self.names = names
        self.suggestions = suggestions
        self.smallest = smallest
        super().__init__(message)

    def offering(self, smallest: str, why: str) -> PlanRefused:
        """Return the refusal with another smallest selection, and why as a further sentence."""
        return PlanRefused(
            self.reason,
            self.message + why,
            names=self.names,
            suggestions=self.suggestions,
            smallest=smallest,
        )
