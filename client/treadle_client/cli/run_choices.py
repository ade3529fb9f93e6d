"""What a command that launches a run may say of it, beside what is to be made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import click


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoices:
    """Tags, the request's name, and limits. None: the launcher's default; math.inf: no limit."""

    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None
    timeout: float | None = None
    retry_lost: int | None = None


def run_timeout(text: str) -> float:
    """Read the seconds that a run may take, or "none": the type of an option.

    Raises:
        click.BadParameter: it is neither.
    """
    if text == "none":
        return math.inf
    with suppress(ValueError):
        seconds = float(text)
        if 0 < seconds < math.inf:
            return seconds
    raise click.BadParameter(f"{text!r} is no time: write seconds, for example 90, or none.")
