"""event.proto: events to clients."""

from __future__ import annotations

from treadle_api.codec import to_proto
from treadle_api.v1 import event_pb2
from treadle_contract import event as contract
from treadle_contract.ids import StepKey
from treadle_launcher.clock import as_moment
from treadle_launcher.events import Event


def encode_event(event: Event) -> event_pb2.Event:
    """Return an event."""
    message = contract.Event(
        store_sequence=event.store_sequence,
        run_id=event.run_id,
        sequence=event.sequence,
        time=as_moment(event.time),
        step_key=event.step_key or StepKey(""),
        attempt=event.attempt,
        schema_version=event.schema_version,
        kind=event.payload,
    )
    return to_proto(message, event_pb2.Event)
