"""The launch spec: how a host that holds this location's code is started. Never logged."""

from __future__ import annotations

import os

from treadle_codeserver.location import Served
from treadle_codeserver.targets import LoadCommand
from treadle_contract.codeserver import LaunchSpec


def launch_spec_of(command: LoadCommand, served: Served) -> LaunchSpec:
    """Return how a host of what is served is started."""
    return LaunchSpec(
        interpreter=str(command.interpreter),
        working_directory=str(command.working_directory),
        targets=tuple(command.targets),
        environment=own_environment(),
        digest=served.snapshot.digest,
        core_digest=served.snapshot.core_digest,
        generation=served.generation,
        generator_states=served.snapshot.generator_states,
        import_timeout_ms=round(command.import_timeout * 1000),
        import_scope=command.import_scope,
    )


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
