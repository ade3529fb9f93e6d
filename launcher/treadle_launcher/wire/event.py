"""event.proto: events to clients."""

from __future__ import annotations

from treadle_contract import event as contract
from treadle_contract.ids import StepKey
from treadle_launcher.clock import as_moment
from treadle_launcher.runs.events import Event


def event_of(event: Event) -> contract.Event:
    """Return an event."""
    return contract.Event(
        store_sequence=event.store_sequence,
        run_id=event.run_id,
        sequence=event.sequence,
        time=as_moment(event.time),
        step_key=event.step_key or StepKey(""),
        attempt=event.attempt,
        schema_version=event.schema_version,
        kind=event.payload,
    )
