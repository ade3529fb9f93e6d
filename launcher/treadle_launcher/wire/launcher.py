"""launcher.proto: what its requests ask for, and what its streams answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treadle_api.codec import to_proto
from treadle_api.parts import in_parts
from treadle_api.v1 import launcher_pb2, run_pb2
from treadle_contract import event as contract
from treadle_contract import launcher
from treadle_contract.ids import StepKey
from treadle_contract.plan import Reexecution, Selection
from treadle_launcher.clock import as_moment
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.runs.events import Event
from treadle_launcher.serving.asset_history import AssetRecord
from treadle_launcher.serving.launch_request import LaunchRequest, RunLimits
from treadle_launcher.wire.plan import check_reexecution, known_options, known_reexecution
from treadle_launcher.wire.run import materialization_of


def launch_of(request: launcher.LaunchRunRequest) -> LaunchRequest:
    """Return what is to be run.

    Raises:
        BadArgumentError: something has a value that is not known here, or rules out another.
    """
    return LaunchRequest(
        location=request.location,
        selection=request.selection or Selection(),
        options=known_options(request.options),
        tags=dict(request.tags),
        idempotency_key=request.idempotency_key,
        digest=request.digest,
        fingerprint=request.fingerprint,
        reexecution=reexecution_of(request),
        limits=RunLimits(
            timeout_ms=_limit("timeout_ms", request.timeout_ms, request.no_timeout),
            retry_lost=_limit("retry_lost", request.retry_lost, request.no_retry_lost),
        ),
    )


def _limit(field: str, number: int, none: bool) -> int | None:
    """Read a number of which 0 says nothing: with its field's `no_`, 0 is meant."""
    if number and none:
        name = field.removesuffix("_ms")
        raise BadArgumentError(
            [str(number)], message=f"Give either {field}, which is {number}, or no_{name}."
        )
    return 0 if none else number or None


def reexecution_of(
    request: launcher.PlanRunRequest | launcher.LaunchRunRequest,
) -> Reexecution | None:
    """Return which earlier run is gone on from, if one is.

    Raises:
        BadArgumentError: what that run has is set beside it, or a value is not known here.
    """
    if request.reexecution is None:
        return None
    if request.location or request.selection is not None or request.options is not None:
        message = "A re-execution has the location, selection and options of its earlier run."
        raise BadArgumentError(message=f"{message} Leave them out.")
    asked = known_reexecution(request.reexecution)
    check_reexecution(asked)
    return asked


def written_events(events: Sequence[Event]) -> Iterator[launcher_pb2.WatchRunResponse]:
    """Return events in messages of at most 500 or 1 MiB; one event each has always room."""
    whole = launcher.WatchRunResponse(events=tuple(map(event_of, events)))
    return in_parts(whole, launcher_pb2.WatchRunResponse)


def known_stream(stream: launcher.LogStream | None) -> launcher.LogStream | None:
    """Return which stream is wanted; None: all.

    Raises:
        BadArgumentError: there is no such stream.
    """
    if stream is not None and not stream.is_known:
        raise BadArgumentError([stream], message=f"There is no log stream {stream}.")
    return stream


def keep_of(request: launcher.PlanGarbageRequest | launcher.CollectGarbageRequest) -> float | None:
    """Return how long intermediates are kept; None: as the launcher was told.

    Raises:
        BadArgumentError: the time is negative.
    """
    seconds = request.keep_intermediates_seconds
    if seconds is None:
        return None
    if seconds < 0:
        raise BadArgumentError(
            [str(seconds)], message=f"keep_intermediates_seconds is {seconds}: give 0 or more."
        )
    return float(min(seconds, _LONGEST_S))


_LONGEST_S = 100 * 365 * 24 * 60 * 60


def written_asset(record: AssetRecord) -> launcher_pb2.AssetEntry:
    """Return an asset, as its code server wrote it, and what was made of it last."""
    latest = None if record.latest is None else materialization_of(record.latest)
    return launcher_pb2.AssetEntry(
        asset=record.graph.encode_asset(record.key, conflict=record.conflict),
        location=record.location,
        latest=None if latest is None else to_proto(latest, run_pb2.Materialization),
    )


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
