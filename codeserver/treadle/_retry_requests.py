"""The exceptions by which an op says how its failure is to be taken: tried again, or never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._errors import TreadleError
from treadle._metadata import kept_entries
from treadle._policies import refuse_negative


class RetryRequested(TreadleError):
    """Raised by an op that wants to be tried again, whatever its policy says.

    There are at most `max_retries` further attempts in all, one if it is None; the next one starts
    no earlier than in `seconds_to_wait`.

    Raises:
        ValueError: one of them is no number from 0 on.
    """

    def __init__(self, max_retries: int | None = 1, seconds_to_wait: float | None = None) -> None:
        most = 1 if max_retries is None else max_retries
        refuse_negative(most, what="RetryRequested: max_retries")
        refuse_negative(seconds_to_wait or 0, what="RetryRequested: seconds_to_wait")
        self.max_retries = int(most)
        self.seconds_to_wait = seconds_to_wait
        # As they were given: that is what an exception is pickled by.
        super().__init__(max_retries, seconds_to_wait)

    def __str__(self) -> str:
        return "at most once" if self.max_retries == 1 else f"at most {self.max_retries} times"


class Failure(TreadleError):
    """Raised by an op to fail with facts for a person.

    With `allow_retries=False` the step is not tried again, whatever its policy says. Metadata that
    cannot be kept is left out, and a warning says why.
    """

    def __init__(
        self,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        allow_retries: bool | None = None,
    ) -> None:
        self.description = description
        self.metadata = dict(metadata or {})
        self.entries = kept_entries(metadata, owner="Failure")
        self.allow_retries = allow_retries is not False
        # As they were given: that is what an exception is pickled by.
        super().__init__(description, metadata, allow_retries)

    def __str__(self) -> str:
        return self.description or ""
