"""What a command that launches a run may say of it, beside what is to be made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress

import click

from treadle_client.cli.duration import duration
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoices:
    """Tags, the request's name, and limits. None: the launcher's default; math.inf: no limit."""

    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None
    timeout: float | None = None
    retry_lost: int | None = None


def run_timeout(text: str) -> float:
    """Read for how long a run may go on, in seconds, or "none": the type of an option.

    Raises:
        click.BadParameter: it is neither.
    """
    if text == "none":
        return math.inf
    with suppress(click.BadParameter):
        seconds = duration(text).total_seconds()
        if seconds > 0:
            return seconds
    raise click.BadParameter(f"{text!r} is not a duration: write 90, 30m, 12h, or none.")
