"""Limits of what a caller may have recorded: it comes back in messages that must hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from treadle_launcher.errors import BadArgumentError

SELECTION_BYTES: Final = 1024 * 1024
"""Of all expressions and the job's name."""

TAGS_BYTES: Final = 64 * 1024
"""Of all names and values."""

KEY_BYTES: Final = 1024
"""Of an idempotency key."""

REASON_BYTES: Final = 8 * 1024
"""Of why a run is cancelled."""


def check_selection(expressions: tuple[str, ...], job: str) -> None:
    """Refuse a selection that is longer than a run's messages hold.

    Raises:
        BadArgumentError: it is.
    """
    _check("The selection", SELECTION_BYTES, (*expressions, job))


def check_steps(expressions: tuple[str, ...]) -> None:
    """Refuse expressions over steps that are longer than a run's messages hold.

    Raises:
        BadArgumentError: they are.
    """
    _check("The steps", SELECTION_BYTES, expressions)


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse tags that are longer than a run's messages hold.

    Raises:
        BadArgumentError: they are.
    """
    _check("The tags", TAGS_BYTES, (*tags.keys(), *tags.values()))


def check_text(name: str, text: str, limit: int) -> None:
    """Refuse a text that is longer than a limit.

    Raises:
        BadArgumentError: it is.
    """
    _check(name, limit, (text,))


def _check(name: str, limit: int, texts: tuple[str, ...]) -> None:
    size = sum(len(text.encode()) for text in texts)
    if size > limit:
        raise BadArgumentError(
            message=f"{name} takes {size:,} bytes, and {limit:,} is the most: make it shorter."
        )
