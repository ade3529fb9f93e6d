"""What holds for every attempt of a host."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every attempt of a host; times in seconds.

    `begin_timeout` is how long a process may take to begin with the op, if that is limited;
    `log_limit` the bytes kept of each log stream. `shows_stacks`: a step process that catches
    the signal of stacks.py does so for us, not for the user's code.
    """

    begin_timeout: float | None
    term_grace: float
    log_limit: int
    shows_stacks: bool
