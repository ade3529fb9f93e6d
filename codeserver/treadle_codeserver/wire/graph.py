"""graph.proto: a location and its snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from google.protobuf import duration_pb2, timestamp_pb2

from treadle.snapshot import (
    Asset,
    AssetSource,
    Block,
    Job,
    Resource,
    Source,
    Step,
    StepInput,
    StepOutput,
)
from treadle_api.v1 import graph_pb2
from treadle_codeserver import defaults
from treadle_codeserver.location import LocationState, LocationStatus, Served
from treadle_codeserver.module_report import ModuleReport, ModuleState
from treadle_codeserver.wire.parts import behind, in_parts
from treadle_codeserver.wire.policy import encode_limits, encode_retry_policy
from treadle_codeserver.wire.value import (
    cut,
    encode_metadata,
    encode_source,
    encode_text,
    printable,
)
from treadle_contract.ids import KeyText

_LOCATION_STATES = {
    LocationState.LOADING: graph_pb2.LOCATION_STATE_LOADING,
    LocationState.SERVING: graph_pb2.LOCATION_STATE_SERVING,
    LocationState.SERVING_LAST_GOOD: graph_pb2.LOCATION_STATE_SERVING_LAST_GOOD,
    LocationState.FAILED: graph_pb2.LOCATION_STATE_FAILED,
}

_MODULE_STATES = {
    ModuleState.LOADED: graph_pb2.MODULE_STATE_LOADED,
    ModuleState.RAISED: graph_pb2.MODULE_STATE_RAISED,
    ModuleState.EXITED: graph_pb2.MODULE_STATE_EXITED,
    ModuleState.HUNG: graph_pb2.MODULE_STATE_HUNG,
    ModuleState.NOT_REACHED: graph_pb2.MODULE_STATE_NOT_REACHED,
}


def encode_location(status: LocationStatus) -> graph_pb2.Location:
    """Encode a location: its reports' texts together, and its warnings, stay within limits."""
    text_limit = min(defaults.TEXT_BYTES, defaults.REPORT_BYTES // max(1, len(status.modules)))
    location = graph_pb2.Location(
        name=status.name,
        state=_LOCATION_STATES[status.state],
        modules=[_encode_module(report, text_limit) for report in status.modules],
        warnings=_encode_warnings(status.warnings),
    )
    if status.served is not None:
        snapshot = status.served.snapshot
        loaded_at = timestamp_pb2.Timestamp()
        loaded_at.FromDatetime(status.served.loaded_at)
        location.digest = snapshot.digest
        location.generation = status.served.generation
        location.python_version = snapshot.python_version
        location.loaded_at.CopyFrom(loaded_at)
        location.asset_count = sum(not asset.is_external for asset in snapshot.assets)
        location.step_count = len(snapshot.steps)
    return location


def encode_graph(
    status: LocationStatus, definitions: Sequence[graph_pb2.GraphPart]
) -> Iterator[graph_pb2.GraphPart]:
    """Encode the snapshot that is served, in parts. The location stands in the first."""
    return behind(graph_pb2.GraphPart(location=encode_location(status)), definitions)


def encode_definitions(served: Served) -> Iterator[graph_pb2.GraphPart]:
    """Encode what is served without the location, in parts: it is always the same."""
    snapshot, job_asset_keys = served.snapshot, served.job_asset_keys
    return in_parts(
        graph_pb2.GraphPart(),
        [
            ("blocks", map(_encode_block, snapshot.blocks)),
            ("assets", map(_encode_asset, snapshot.assets)),
            ("steps", map(_encode_step, snapshot.steps)),
            ("jobs", (_encode_job(job, job_asset_keys[job.name]) for job in snapshot.jobs)),
            ("resources", map(_encode_resource, snapshot.resources)),
        ],
    )


def _encode_warnings(warnings: tuple[str, ...]) -> list[str]:
    shown = [cut(warning, limit=1024) for warning in warnings[: defaults.WARNING_COUNT]]
    if len(warnings) > len(shown):
        shown.append(f"{len(warnings) - len(shown)} further warnings are not shown.")
    return shown


def _encode_module(report: ModuleReport, text_limit: int) -> graph_pb2.ModuleReport:
    duration = duration_pb2.Duration()
    duration.FromMicroseconds(report.duration_us)
    return graph_pb2.ModuleReport(
        target=printable(report.target),
        state=_MODULE_STATES[report.state],
        problem=encode_text(report.problem, text_limit) if report.problem else None,
        source=encode_source(report.source),
        duration=duration,
    )


def _encode_block(block: Block) -> graph_pb2.Block:
    return graph_pb2.Block(
        name=block.name,
        asset_keys=block.asset_keys,
        can_subset=block.can_subset,
        is_graph=block.is_graph,
        description=cut(block.description),
        source=encode_source(block.source),
    )


def _encode_asset(asset: Asset) -> graph_pb2.Asset:
    return graph_pb2.Asset(
        key=asset.key,
        block=asset.block or "",
        step_key=asset.step_key or "",
        output=asset.output or "",
        upstream_keys=asset.upstream_keys,
        description=cut(asset.description),
        group=asset.group,
        metadata=encode_metadata(asset.metadata),
        tags=asset.tags,
        kinds=asset.kinds,
        owners=asset.owners,
        code_version=cut(asset.code_version),
        io_manager_key=asset.manager_key,
        source=encode_source(asset.source),
    )


def _encode_step(step: Step) -> graph_pb2.StepDefinition:
    return graph_pb2.StepDefinition(
        key=step.key,
        block=step.block,
        op=step.op,
        inputs=[_encode_input(each) for each in step.inputs],
        outputs=[_encode_output(each) for each in step.outputs],
        resource_keys=step.resource_keys,
        description=cut(step.description),
        tags=step.tags,
        source=encode_source(step.source),
        retry_policy=encode_retry_policy(step.retry_policy),
        timeout_ms=step.timeout_ms,
        limits=encode_limits(step.limits),
    )


def _encode_input(step_input: StepInput) -> graph_pb2.StepInputDefinition:
    return graph_pb2.StepInputDefinition(
        name=step_input.name,
        sources=[_encode_source_of_input(source) for source in step_input.sources],
        fan_in=step_input.fan_in,
        nothing=step_input.nothing,
        has_default=step_input.has_default,
    )


def _encode_source_of_input(source: Source) -> graph_pb2.Source:
    if isinstance(source, AssetSource):
        return graph_pb2.Source(asset_key=source.asset_key)
    output = graph_pb2.StepOutput(step_key=source.step_key, output=source.output)
    return graph_pb2.Source(step_output=output)


def _encode_output(output: StepOutput) -> graph_pb2.StepOutputDefinition:
    return graph_pb2.StepOutputDefinition(
        name=output.name,
        is_required=output.is_required,
        nothing=output.nothing,
        asset_keys=output.asset_keys,
        io_manager_key=output.manager_key,
    )


def _encode_job(job: Job, asset_keys: tuple[KeyText, ...]) -> graph_pb2.Job:
    return graph_pb2.Job(
        name=job.name,
        selection=job.selection,
        asset_keys=asset_keys,
        description=cut(job.description),
        tags=job.tags,
        retry_policy=encode_retry_policy(job.retry_policy),
    )


def _encode_resource(resource: Resource) -> graph_pb2.Resource:
    return graph_pb2.Resource(key=resource.key, type_name=resource.type_name)
