"""What holds for every attempt of a host."""

from __future__ import annotations

from treadle_contract.event import StartMethod
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.host.host_spec import HostSpec

# What an interpreter takes to start, beside the imports.
_START_MARGIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every attempt of a host; times in seconds.

    `begin_timeout` is how long a process may take to begin with the op, if that is limited;
    `log_limit` the bytes kept of each log stream. `shows_stacks`: a step process that catches
    the signal of stacks.py does so for us, not for the user's code; `interrupts`: those of
    interrupts.py, too.
    """

    begin_timeout: float | None
    term_grace: float
    log_limit: int
    shows_stacks: bool
    interrupts: bool


def rules_for(
    spec: HostSpec, start_method: StartMethod, *, shows_stacks: bool, interrupts: bool
) -> Rules:
    """Return the rules of a host that starts its step processes so."""
    imports = len(spec.targets) * spec.import_timeout_ms / 1000
    return Rules(
        # A forked process has nothing to import.
        begin_timeout=_START_MARGIN_S + imports if start_method is StartMethod.SPAWN else None,
        term_grace=spec.term_grace_ms / 1000,
        log_limit=spec.log_limit_bytes,
        shows_stacks=shows_stacks,
        interrupts=interrupts,
    )
