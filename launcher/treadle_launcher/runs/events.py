"""Events as the launcher holds them: a payload of event.proto, and what it is about.

Every state is the fold of events (`run_view`, `run_summary`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

from treadle_contract import event
from treadle_contract.fields import fields_of, message_class
from treadle_contract.ids import RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.clock import TimeUs

SCHEMA_VERSION: Final = 1
"""The version of the payloads' schema."""

FAILED_STEPS_LISTED: Final = 500
"""How many failed steps a run_finished names at most."""

Payload: TypeAlias = event.EventKind

EVENT_KINDS: Final[Mapping[str, type[Payload]]] = {
    field.name: cast(Any, message_class(field))
    for field in fields_of(event.Event)
    if field.slot == "kind"
}
"""Every kind by its name in the contract."""

KIND_NAMES: Final[Mapping[type[Payload], str]] = {cls: name for name, cls in EVENT_KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A fact that is to be appended. `time` None: the time of the append."""

    payload: Payload
    step_key: StepKey | None = None
    attempt: int = 0
    time: TimeUs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact that the store holds.

    `store_sequence` is one order for the whole home, `sequence` is 1, 2, 3… in the run.
    `attempt` is 0 when the fact is not about one attempt.
    """

    store_sequence: int
    run_id: RunId
    sequence: int
    time: TimeUs
    payload: Payload
    step_key: StepKey | None = None
    attempt: int = 0
    schema_version: int = SCHEMA_VERSION

    @property
    def kind(self) -> str:
        """The kind's name in the contract, for example "step_started"."""
        return KIND_NAMES[type(self.payload)]
