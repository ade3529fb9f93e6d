"""The launch spec: how a host that holds this location's code is started. Never logged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from treadle_codeserver.targets import LoadCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSpec:
    """How a host is started. The environment may hold secrets and is left out of the text."""

    command: LoadCommand
    digest: str
    core_digest: str
    generation: str
    generator_states: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)


def own_environment() -> dict[str, str]:
    """Return this process's environment, whole but for variables that are no UTF-8.

    Protobuf's text can hold no others, and none of them can mean anything to our processes.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if _is_unicode(name) and _is_unicode(value)
    }


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
