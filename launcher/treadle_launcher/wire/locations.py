"""Locations and their graphs as clients see them: by the launcher's names, conflicts marked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from treadle_api.v1 import graph_pb2
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.locations.locations import Locations, conflicts_of, owners
from treadle_launcher.wire.graph import Graph


class LocationMessages:
    """Answers with messages, because the launcher hands on what code servers say as it came."""

    def __init__(self, locations: Locations) -> None:
        self._locations = locations

    async def all(self) -> list[graph_pb2.Location]:
        """Return every location, sorted by name."""
        await self._locations.refresh()
        graphs = await self._graphs_if_several()
        return [self._encode(location, graphs) for location in self._locations.all()]

    async def reload(self, name: str) -> tuple[graph_pb2.Location, bool]:
        """Load a location's code anew; tell whether the new snapshot is served.

        Raises:
            RefusedError: there is no such location, or it cannot be reached.
        """
        location = self._locations.get(name)
        _, swapped = await location.reload()
        return self._encode(location, await self._graphs_if_several(location)), swapped

    async def graph_parts(self, name: str) -> AsyncIterator[graph_pb2.GraphPart]:
        """Yield the parts of a location's graph.

        Raises:
            RefusedError: there is no such location, it cannot be reached or is not loaded.
        """
        location = self._locations.get(name)
        graph = await location.graph()
        graphs = await self._graphs_if_several(location)
        conflicts = conflicts_of(location.name, graphs)
        for part in graph.encode_parts(self._encode(location, graphs), conflicts):
            yield part

    async def _graphs_if_several(self, asked: CodeLocation | None = None) -> Mapping[str, Graph]:
        if len(self._locations.all()) <= 1:
            # One location alone conflicts with nobody.
            return {}
        return await self._locations.graphs("" if asked is None else asked.name)

    def _encode(self, location: CodeLocation, graphs: Mapping[str, Graph]) -> graph_pb2.Location:
        """Return a location as the launcher knows it: by its name here, and how it stands."""
        report = location.report
        message = graph_pb2.Location() if report is None else report.encode()
        message.name = location.name
        message.address = str(location.address)
        message.problem = location.reachability.problem
        message.since.FromDatetime(location.reachability.since)
        if not location.is_reachable:
            message.state = graph_pb2.LOCATION_STATE_UNREACHABLE
        message.warnings.extend(self._locations.warnings(location))
        owned = owners(graphs)
        message.warnings.extend(
            f"CONFLICT: {key} belongs to location {owned[key]} and is not served from here."
            for key in sorted(conflicts_of(location.name, graphs))
        )
        return message
