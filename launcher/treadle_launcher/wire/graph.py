"""graph.proto: what a code server says of its location, kept as it came and indexed by key.

The launcher interprets little of a graph and hands it on; so fields that it does not know yet
reach clients too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from treadle_api.codec import from_proto
from treadle_api.v1 import graph_pb2
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import PartitionsDefinition


class LocationReport:
    """What a code server last said of itself."""

    __slots__ = ("_message",)

    def __init__(self, message: graph_pb2.Location) -> None:
        self._message = message

    @property
    def name(self) -> str:
        """The name that the code server gives itself."""
        return self._message.name

    @property
    def digest(self) -> str:
        """The digest of the snapshot that is served; "" when there is none."""
        return self._message.digest

    @property
    def generation(self) -> str:
        """Which load the snapshot that is served comes from; "" when that is not told."""
        return self._message.generation

    def encode(self) -> graph_pb2.Location:
        """Return what it said, to be added to."""
        message = graph_pb2.Location()
        message.CopyFrom(self._message)
        return message


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphJob:
    """A job: its selection as text, and the tags that its runs get."""

    selection: str
    tags: Mapping[str, str]


class Graph:
    """One snapshot's graph, whole. Keys are asset keys as text."""

    __slots__ = ("_assets", "_definitions", "_parts", "digest", "jobs", "keys", "made_keys")

    def __init__(self, parts: Iterable[graph_pb2.GraphPart]) -> None:
        self._parts = tuple(parts)
        self._assets = {asset.key: asset for part in self._parts for asset in part.assets}
        self.digest: str = next(
            (part.location.digest for part in self._parts if part.HasField("location")), ""
        )
        self._definitions = {each.id: each for part in self._parts for each in part.partitions}
        self.keys: tuple[str, ...] = tuple(sorted(self._assets))
        self.made_keys: frozenset[str] = frozenset(
            key for key, asset in self._assets.items() if asset.block
        )
        self.jobs: Mapping[str, GraphJob] = {
            job.name: GraphJob(selection=job.selection, tags=dict(job.tags))
            for part in self._parts
            for job in part.jobs
        }

    def encode_parts(
        self, location: graph_pb2.Location, conflicts: Collection[str]
    ) -> Iterator[graph_pb2.GraphPart]:
        """Return the parts, with the location as the launcher sees it and conflicts marked."""
        for part in self._parts:
            message = graph_pb2.GraphPart()
            message.CopyFrom(part)
            if part.HasField("location"):
                message.location.CopyFrom(location)
            for asset in message.assets:
                asset.conflict = asset.key in conflicts
            yield message

    def readers_of(self, keys: Collection[str]) -> Mapping[str, str]:
        """Return the assets that are made here from what others make of these, each with which."""
        return {
            asset.key: read
            for asset in self._assets.values()
            for read in asset.upstream_keys
            if asset.block and read in keys and read not in self.made_keys
        }

    def partitions_of(self, key: str) -> PartitionsDefinition | None:
        """Return what the partitions of an asset are; None: it has none. The key is one of `keys`."""
        definition = self._definitions.get(self._assets[key].partitions)
        return None if definition is None else from_proto(definition, PartitionsDefinition)

    def partitions_per_run(self, key: str) -> int:
        """Return how many partitions of an asset a run of a backfill makes at most; 0: all."""
        asset = self._assets[key]
        if not asset.HasField("backfill_policy"):
            return 1
        return asset.backfill_policy.max_partitions_per_run

    def some_go_on(self, keys: Collection[str]) -> bool:
        """Tell whether what makes one of these assets reads partitions of it that were made before."""
        asked = set(keys)
        return any(
            source.asset_key in asked and self._assets[source.asset_key].block == step.block
            for part in self._parts
            for step in part.steps
            for given in step.inputs
            for source in given.sources
        )

    def asset_size(self, key: str) -> int:
        """Return how many bytes one asset takes in a message; the key must be one of `keys`."""
        return self._assets[key].ByteSize()

    def encode_asset(self, key: str, *, conflict: bool = False) -> graph_pb2.Asset:
        """Return one asset; the key must be one of `keys`."""
        asset = self._assets[key]
        if not conflict:
            return asset
        message = graph_pb2.Asset()
        message.CopyFrom(asset)
        message.conflict = True
        return message
