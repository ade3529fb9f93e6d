"""What a caller may choose about a plan: the fields of PlanOptions, and nothing that repeats them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from treadle_client import _messages
from treadle_client._arguments import choice
from treadle_client._messages import PlanOptions

CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    name: getattr(_messages, of) for _, name, _, _, of in PlanOptions.TABLE
}
"""What each option may be, by its name. Each is one of a few words."""


def plan_options(**chosen: str | None) -> PlanOptions:
    """Gather what was chosen, by its name; None: nothing was.

    Raises:
        ValueError: an option has no such value.
    """
    # Any: each field is of an enum of its own.
    given: dict[str, Any] = {
        name: choice(CHOICES[name], value, name=name)
        for name, value in chosen.items()
        if value is not None
    }
    return PlanOptions(**given)


def told_options(options: PlanOptions) -> str:
    """Say what was chosen: "siblings run, unselected outputs fail"; "": nothing was."""
    chosen = ((name, getattr(options, name)) for name in CHOICES)
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in chosen if value)
