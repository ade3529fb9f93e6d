"""What a caller may choose about a plan: the fields of PlanOptions, and nothing that repeats them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from treadle_client import _messages
from treadle_client._arguments import choice
from treadle_client._config import config_data, told_config
from treadle_client._messages import PlanOptions

CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    name: getattr(_messages, of) for _, name, kind, _, of in PlanOptions.TABLE if kind == "enum"
}
"""What each option may be, by its name, that is one of a few words: all but the config."""


def plan_options(config: object = None, **chosen: str | None) -> PlanOptions:
    """Gather what was chosen, by its name; None: nothing was.

    Raises:
        ValueError: an option has no such value, or the config is none.
    """
    # Any: each field is of an enum of its own.
    given: dict[str, Any] = {
        name: choice(CHOICES[name], value, name=name)
        for name, value in chosen.items()
        if value is not None
    }
    return PlanOptions(**given, config=config_data(config))


def told_options(options: PlanOptions) -> str:
    """Say what was chosen: "siblings run, unselected outputs fail"; "": nothing was."""
    chosen = ((name, getattr(options, name)) for name in CHOICES)
    told = [f"{name.replace('_', ' ')} {value}" for name, value in chosen if value]
    return ", ".join([*told, *told_config(options.config)])
