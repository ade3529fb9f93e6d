"""The graph of a code location: what the user defined, flattened to steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from treadle_client._graph_tables import graph_page
from treadle_client._ids import AssetKey, StepKey
from treadle_client._location import Location
from treadle_client._metadata import Metadata
from treadle_client._policy import Limits, RetryPolicy
from treadle_client._table import render_text
from treadle_client._value_ref import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An asset: made by a block, or, when `block` is "", declared and made elsewhere.

    `conflict` says that another location owns the key, and this one does not make it.
    """

    key: AssetKey
    block: str
    step_key: StepKey
    output: str
    upstream_keys: tuple[AssetKey, ...]
    description: str
    group: str
    metadata: Metadata
    tags: Mapping[str, str]
    kinds: tuple[str, ...]
    owners: tuple[str, ...]
    code_version: str
    io_manager_key: str
    source: SourceLocation | None
    conflict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one decorator made: one op, or a graph of ops, producing one or more assets."""

    name: str
    asset_keys: tuple[AssetKey, ...]
    can_subset: bool
    is_graph: bool
    description: str
    source: SourceLocation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place an input takes a value from: an asset, or, when `asset_key` is "", a step's output."""

    step_key: StepKey
    output: str
    asset_key: AssetKey

    def __str__(self) -> str:
        return self.asset_key or f"{self.step_key}:{self.output}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """One input of a step as defined. `name` is the op's argument."""

    name: str
    sources: tuple[Source, ...]
    fan_in: bool
    nothing: bool
    has_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutput:
    """One output of a step as defined, and the assets that it produces."""

    name: str
    is_required: bool
    nothing: bool
    asset_keys: tuple[AssetKey, ...]
    io_manager_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One op invocation. Its key depends on the definitions alone."""

    key: StepKey
    block: str
    op: str
    inputs: tuple[StepInput, ...]
    outputs: tuple[StepOutput, ...]
    resource_keys: tuple[str, ...]
    description: str
    tags: Mapping[str, str]
    source: SourceLocation | None
    #: When it is tried again, None: never by itself.
    retry_policy: RetryPolicy | None
    #: How long one attempt may take, None: no limit.
    timeout: timedelta | None
    #: What one attempt may use, None: no limit.
    limits: Limits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A named selection of assets. `retry_policy` is for steps that have none of their own."""

    name: str
    selection: str
    asset_keys: tuple[AssetKey, ...]
    description: str
    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource that ops get by parameter name, or an IO manager."""

    key: str
    type_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A location's blocks, assets and steps. Prints as tables."""

    location: Location
    blocks: tuple[Block, ...]
    assets: tuple[Asset, ...]
    steps: tuple[Step, ...]
    jobs: tuple[Job, ...]
    resources: tuple[Resource, ...]

    def __str__(self) -> str:
        return render_text(graph_page(self))
