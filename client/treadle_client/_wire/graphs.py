"""Graphs, from the parts in which the contract streams them."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from treadle_api.v1 import graph_pb2
from treadle_client._graph import (
    Asset,
    Block,
    Graph,
    Job,
    Resource,
    Source,
    Step,
    StepInput,
    StepOutput,
)
from treadle_client._ids import AssetKey, StepKey
from treadle_client._wire.locations import decode_location
from treadle_client._wire.policies import decode_limits, decode_retry_policy, decode_timeout
from treadle_client._wire.values import ReadText, decode_metadata, decode_source


def decode_graph(parts: Iterable[graph_pb2.GraphPart], read_text: ReadText) -> Graph:
    """Join a streamed graph's parts."""
    whole = graph_pb2.GraphPart()
    for part in parts:
        whole.MergeFrom(part)
    return Graph(
        location=decode_location(whole.location, read_text),
        blocks=tuple(map(_decode_block, whole.blocks)),
        assets=tuple(map(decode_asset, whole.assets)),
        steps=tuple(map(_decode_step, whole.steps)),
        jobs=tuple(map(_decode_job, whole.jobs)),
        resources=tuple(Resource(key=r.key, type_name=r.type_name) for r in whole.resources),
    )


def decode_keys(texts: Iterable[str]) -> tuple[AssetKey, ...]:
    """Turn texts of asset keys into asset keys."""
    return tuple(AssetKey(text) for text in texts)


def decode_asset(message: graph_pb2.Asset) -> Asset:
    """Turn an asset into ours."""
    return Asset(
        key=AssetKey(message.key),
        block=message.block,
        step_key=StepKey(message.step_key),
        output=message.output,
        upstream_keys=decode_keys(message.upstream_keys),
        description=message.description,
        group=message.group,
        metadata=decode_metadata(message.metadata),
        tags=MappingProxyType(dict(message.tags)),
        kinds=tuple(message.kinds),
        owners=tuple(message.owners),
        code_version=message.code_version,
        io_manager_key=message.io_manager_key,
        source=decode_source(message.source),
        conflict=message.conflict,
    )


def _decode_block(message: graph_pb2.Block) -> Block:
    return Block(
        name=message.name,
        asset_keys=decode_keys(message.asset_keys),
        can_subset=message.can_subset,
        is_graph=message.is_graph,
        description=message.description,
        source=decode_source(message.source),
    )


def _decode_source_of_input(message: graph_pb2.Source) -> Source:
    return Source(
        step_key=StepKey(message.step_output.step_key),
        output=message.step_output.output,
        asset_key=AssetKey(message.asset_key),
    )


def _decode_input(message: graph_pb2.StepInputDefinition) -> StepInput:
    return StepInput(
        name=message.name,
        sources=tuple(map(_decode_source_of_input, message.sources)),
        fan_in=message.fan_in,
        nothing=message.nothing,
        has_default=message.has_default,
    )


def _decode_output(message: graph_pb2.StepOutputDefinition) -> StepOutput:
    return StepOutput(
        name=message.name,
        is_required=message.is_required,
        nothing=message.nothing,
        asset_keys=decode_keys(message.asset_keys),
        io_manager_key=message.io_manager_key,
    )


def _decode_step(message: graph_pb2.StepDefinition) -> Step:
    return Step(
        key=StepKey(message.key),
        block=message.block,
        op=message.op,
        inputs=tuple(map(_decode_input, message.inputs)),
        outputs=tuple(map(_decode_output, message.outputs)),
        resource_keys=tuple(message.resource_keys),
        description=message.description,
        tags=MappingProxyType(dict(message.tags)),
        source=decode_source(message.source),
        retry_policy=decode_retry_policy(message.retry_policy)
        if message.HasField("retry_policy")
        else None,
        timeout=decode_timeout(message.timeout_ms),
        limits=decode_limits(message.limits) if message.HasField("limits") else None,
    )


def _decode_job(message: graph_pb2.Job) -> Job:
    return Job(
        name=message.name,
        selection=message.selection,
        asset_keys=decode_keys(message.asset_keys),
        description=message.description,
        tags=MappingProxyType(dict(message.tags)),
        retry_policy=decode_retry_policy(message.retry_policy)
        if message.HasField("retry_policy")
        else None,
    )
