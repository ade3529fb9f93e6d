"""Locations and their graphs as clients see them: by the launcher's names, conflicts marked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from treadle_api.v1 import graph_pb2
from treadle_launcher.code_location import CodeLocation
from treadle_launcher.locations import Locations, conflicts_of, owners
from treadle_launcher.wire.graph import Graph, encode_unseen_location


class LocationMessages:
    """Answers with messages, because the launcher hands on what code servers say as it came."""

    def __init__(self, locations: Locations) -> None:
        self._locations = locations

    async def all(self) -> list[graph_pb2.Location]:
        """Return every location, sorted by name."""
        await self._locations.refresh()
        graphs = await self._graphs_if_several()
        return [_encode(location, graphs) for location in self._locations.all()]

    async def reload(self, name: str) -> tuple[graph_pb2.Location, bool]:
        """Have a location load its code anew; tell whether the new snapshot is served.

        Raises:
            RefusedError: there is no such location, or it cannot be reached.
        """
        location = self._locations.get(name)
        _, swapped = await location.reload()
        return _encode(location, await self._graphs_if_several(location)), swapped

    async def graph_parts(self, name: str) -> AsyncIterator[graph_pb2.GraphPart]:
        """Yield the parts of a location's graph.

        Raises:
            RefusedError: there is no such location, it cannot be reached or is not loaded.
        """
        location = self._locations.get(name)
        graph = await location.graph()
        graphs = await self._graphs_if_several(location)
        conflicts = conflicts_of(location.name, graphs)
        for part in graph.encode_parts(_encode(location, graphs), conflicts):
            yield part

    async def _graphs_if_several(self, asked: CodeLocation | None = None) -> Mapping[str, Graph]:
        if len(self._locations.all()) <= 1:
            # One location alone conflicts with nobody.
            return {}
        return await self._locations.graphs("" if asked is None else asked.name)


def _encode(location: CodeLocation, graphs: Mapping[str, Graph]) -> graph_pb2.Location:
    if location.report is None:
        return encode_unseen_location(location.name)
    owned = owners(graphs)
    warnings = [
        f"CONFLICT: {key} belongs to location {owned[key]} and is not served from here."
        for key in sorted(conflicts_of(location.name, graphs))
    ]
    return location.report.encode(location.name, reachable=location.is_reachable, warnings=warnings)
