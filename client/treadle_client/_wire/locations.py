"""Locations and the launcher itself, from the contract."""

from __future__ import annotations

from treadle_api.v1 import graph_pb2, launcher_pb2
from treadle_client._location import Launcher, Location, LocationState, ModuleReport, ModuleState
from treadle_client._wire.values import (
    ReadText,
    decode_duration,
    decode_enum,
    decode_source,
    decode_text,
    decode_time,
)


def decode_location(message: graph_pb2.Location, read_text: ReadText) -> Location:
    """Turn a location into ours."""
    return Location(
        name=message.name,
        state=decode_enum(LocationState, graph_pb2.LocationState.DESCRIPTOR, message.state),
        digest=message.digest,
        python_version=message.python_version,
        loaded_at=decode_time(message.loaded_at) if message.HasField("loaded_at") else None,
        modules=tuple(_decode_module(report, read_text) for report in message.modules),
        warnings=tuple(message.warnings),
        asset_count=message.asset_count,
        step_count=message.step_count,
        address=message.address,
        since=decode_time(message.since) if message.HasField("since") else None,
        problem=message.problem,
    )


def _decode_module(message: graph_pb2.ModuleReport, read_text: ReadText) -> ModuleReport:
    return ModuleReport(
        target=message.target,
        state=decode_enum(ModuleState, graph_pb2.ModuleState.DESCRIPTOR, message.state),
        problem=decode_text(message.problem, read_text),
        source=decode_source(message.source),
        duration=decode_duration(message.duration),
    )


def decode_launcher(message: launcher_pb2.GetLauncherResponse) -> Launcher:
    """Turn what a launcher says of itself into ours."""
    return Launcher(
        version=message.version,
        home_id=message.home_id,
        ephemeral=message.ephemeral,
        max_steps=message.max_steps,
        max_runs=message.max_runs,
    )
