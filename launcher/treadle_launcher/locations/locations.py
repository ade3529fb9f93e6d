"""The code locations of a launcher, by name, and which of them owns an asset key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from treadle_contract.suggestions import nearest
from treadle_launcher.errors import LauncherError, RefusedError, UnknownLocationError
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.serving.arguments import LocationArgument
from treadle_launcher.wire.graph import Graph

_LOG = logging.getLogger(__name__)

_NO_LOCATION: Final = (
    "There is no location: this launcher serves no code, only what is recorded. Start one that does:"
    " `treadle dev -f FILE`, or `treadle launcher --location NAME=ADDRESS`."
)


class LocationStartError(LauncherError):
    """A location cannot be served."""


class Locations:
    """Every location that the launcher was given, in name order."""

    def __init__(self, given: Sequence[LocationArgument], names: LocationNames) -> None:
        self._names = names
        taken = {each.name for each in given}
        locations = []
        for each in given:
            remembered = "" if each.name else names.get(str(each.address))
            locations.append(CodeLocation(each, "" if remembered in taken else remembered))
            taken.add(remembered)
        self._given = tuple(locations)
        self._clashes: dict[CodeLocation, str] = {}

    async def open(self, on_change: Callable[[], None], *, is_awaited: bool = False) -> None:
        """Ask the code servers once and follow them. None is waited for, unless `is_awaited`.

        Raises:
            LocationStartError: two have the same name.
        """

        def changed(location: CodeLocation) -> None:
            if len(self._given) > 1:
                # Calls of the other locations ask which keys it makes, and must not wait for it.
                location.fetch_graph()
            on_change()

        await asyncio.gather(
            *(
                location.open(
                    partial(changed, location),
                    partial(self._name_of, location),
                    is_awaited=is_awaited,
                )
                for location in self._given
            )
        )
        for problem in self._clashes.values():
            raise LocationStartError(problem)

    def _name_of(self, location: CodeLocation, told: str) -> str:
        """Return the name of one that was given without: its own, unless that is taken."""
        address = str(location.address)
        namesake = next(
            (each for each in self._given if each is not location and each.name == told), None
        )
        if namesake is not None and not namesake.is_named and namesake.report is None:
            # It only had the name when it was last seen.
            namesake.name = str(namesake.address)
            namesake = None
        if namesake is None:
            self._clashes.pop(location, None)
            self._names.remember(address, told)
            return told
        problem = f"two locations are named {told}: write --location NAME={address}"
        if self._clashes.get(location) != problem:
            _LOG.error("location_not_named reason=%s", problem)
        self._clashes[location] = problem
        return address

    def warnings(self, location: CodeLocation) -> tuple[str, ...]:
        """Return what is to be known of one here, beside what it says of itself."""
        clash = self._clashes.get(location)
        return () if clash is None else (f"It goes by its address: {clash}.",)

    @property
    def _by_name(self) -> Mapping[str, CodeLocation]:
        return {each.name: each for each in sorted(self._given, key=lambda each: each.name)}

    def on_load(self, act: Callable[[str, str], None]) -> None:
        """Call this with a location's name and the generation that it serves from now on."""
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
        near = nearest(name, self._by_name)
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

    async def owned_beside(self, name: str) -> Mapping[str, str]:
        """Return the keys that other locations own, each with its owner."""
        if len(self._by_name) == 1:
            return {}
        owned = owners(await self.graphs(name))
        return {key: owner for key, owner in owned.items() if owner != name}


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
    if not is_awaited:
        # Whatever of it hangs: it is waited for a short while.
        await location.refresh_soon()
        return await location.graph_soon()
    try:
        return await location.graph()
    except RefusedError:
        return location.last_graph
