"""The code locations of a launcher, by name, and which of them owns an asset key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from treadle_launcher.code_location import CodeLocation
from treadle_launcher.errors import LauncherError, RefusedError, UnknownLocationError
from treadle_launcher.suggestions import near_names
from treadle_launcher.wire.graph import Graph

_NO_LOCATION: Final = (
    "There is no location: this launcher serves no code, only what is recorded. Start one that does:"
    " `treadle dev -f FILE`, or `treadle launcher --location NAME=ADDRESS`."
)


class LocationStartError(LauncherError):
    """A location cannot be served."""


class Locations:
    """Every location that the launcher was given, in name order."""

    def __init__(self, locations: Sequence[CodeLocation]) -> None:
        self._given = tuple(locations)
        self._by_name: Mapping[str, CodeLocation] = {}

    async def open(self, on_change: Callable[[], None]) -> None:
        """Reach the code servers once and follow them.

        Raises:
            LocationStartError: one has no name and cannot be asked, or two have the same.
        """

        def changed(location: CodeLocation) -> None:
            if len(self._given) > 1:
                # Calls of the other locations ask which keys it makes, and must not wait for it.
                location.fetch_graph()
            on_change()

        await asyncio.gather(
            *(location.open(partial(changed, location)) for location in self._given)
        )
        by_name: dict[str, CodeLocation] = {}
        for location in self._given:
            if not location.name:
                raise LocationStartError(
                    "a code server that was given without a name does not answer:"
                    " start it, or write --location NAME=ADDRESS"
                )
            if location.name in by_name:
                raise LocationStartError(
                    f"two locations are named {location.name}: write --location NAME=ADDRESS"
                )
            by_name[location.name] = location
        self._by_name = dict(sorted(by_name.items()))

    def on_load(self, act: Callable[[str, str], None]) -> None:
        """Have this called with a location's name and the generation that it serves from now on."""
        for location in self._given:
            location.on_load(act)

    async def close(self) -> None:
        """Follow no more."""
        await asyncio.gather(*(location.close() for location in self._given))

    def all(self) -> tuple[CodeLocation, ...]:
        """Return the locations in name order."""
        return tuple(self._by_name.values())

    def get(self, name: str) -> CodeLocation:
        """Return a location by name; "" is the only one.

        Raises:
            UnknownLocationError: there is none, or "" stands for none of several.
        """
        if name in self._by_name:
            return self._by_name[name]
        if not self._by_name:
            raise UnknownLocationError([name] if name else [], message=_NO_LOCATION)
        if not name:
            if len(self._by_name) == 1:
                return next(iter(self._by_name.values()))
            message = "Name one of the locations."
            raise UnknownLocationError(message=message, suggestions=self._by_name)
        near = near_names(name, self._by_name)
        raise UnknownLocationError([name], suggestions=near or self._by_name)

    async def refresh(self) -> None:
        """Ask all how they are now, each for a short while: what they told by themselves may lag."""
        await asyncio.gather(*(location.refresh_soon() for location in self.all()))

    async def graphs(self, asked: str = "") -> Mapping[str, Graph]:
        """Return the graph of each location: of one that does not answer the last one, if any.

        With `asked`, that location is waited for, and of the others is returned what is known.
        """
        graphs = await asyncio.gather(
            *(
                location.graph_soon()
                if asked and location.name != asked
                else _graph_or_last(location, is_awaited=bool(asked))
                for location in self.all()
            )
        )
        return {
            location.name: graph
            for location, graph in zip(self.all(), graphs, strict=True)
            if graph is not None
        }

    async def conflicts(self, name: str) -> frozenset[str]:
        """Return the keys that a location makes though a location before it owns them."""
        if len(self._by_name) == 1:
            return frozenset()
        return conflicts_of(name, await self.graphs(name))


def owners(graphs: Mapping[str, Graph]) -> Mapping[str, str]:
    """Return the location that each made key belongs to: the first in name order."""
    owned: dict[str, str] = {}
    for name in sorted(graphs):
        for key in graphs[name].made_keys:
            owned.setdefault(key, name)
    return owned


def conflicts_of(name: str, graphs: Mapping[str, Graph]) -> frozenset[str]:
    """Return the keys that a location makes though another one owns them."""
    made: Iterable[str] = graphs[name].made_keys if name in graphs else ()
    owned = owners(graphs)
    return frozenset(key for key in made if owned[key] != name)


async def _graph_or_last(location: CodeLocation, *, is_awaited: bool) -> Graph | None:
    if not is_awaited and not await location.refresh_soon():
        return location.last_graph
    try:
        return await location.graph()
    except RefusedError:
        return location.last_graph
