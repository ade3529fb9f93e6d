"""A location and its snapshot as the contract has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

from treadle.locations.digest import definition_digests, detail_digests
from treadle.locations.snapshot import Asset, AssetCheck, Block, Job, Snapshot, Step
from treadle_codeserver import defaults
from treadle_codeserver.location import LocationStatus, Served
from treadle_codeserver.wire.text import cut, printable, source_of, text_of
from treadle_contract import graph
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import replace

D = TypeVar("D", Asset, AssetCheck, Block, Step)


def location_of(status: LocationStatus) -> graph.Location:
    """Return a location: its reports' texts together, and its warnings, stay within limits."""
    text_limit = min(defaults.TEXT_BYTES, defaults.REPORT_BYTES // max(1, len(status.modules)))
    location = graph.Location(
        name=status.name,
        state=status.state,
        modules=tuple(_report(each, text_limit) for each in status.modules),
        warnings=_warnings(status.warnings),
    )
    if status.served is None:
        return location
    snapshot = status.served.snapshot
    return replace(
        location,
        digest=snapshot.digest,
        generation=status.served.generation,
        python_version=snapshot.python_version,
        loaded_at=status.served.loaded_at,
        asset_count=status.served.asset_count,
        step_count=len(snapshot.steps),
    )


def definitions_of(served: Served) -> graph.GraphPart:
    """Return what is served without the location, whole: it is always the same.

    Its definitions are the snapshot's own. They have what the contract's have, under its names.
    """
    # Any: they are not messages.
    snapshot: Any = served.snapshot
    return graph.GraphPart(
        blocks=tuple(map(_fitted, snapshot.blocks)),
        assets=tuple(map(_fitted, snapshot.assets)),
        steps=tuple(map(_fitted, snapshot.steps)),
        jobs=tuple(_job(job, served.job_asset_keys[job.name]) for job in snapshot.jobs),
        resources=snapshot.resources,
        checks=tuple(map(_fitted, snapshot.checks)),
        partitions=snapshot.partitions,
    )


def manifest_of(snapshot: Snapshot) -> graph.CodeManifest:
    """Return what the snapshot's digest is made of."""
    manifest = snapshot.manifest
    return graph.CodeManifest(
        ops=_named(manifest.ops),
        files=_named(manifest.files),
        distributions=_named(manifest.distributions),
        definitions=_named(definition_digests(snapshot)),
        details=_named(detail_digests(snapshot)),
        reached=tuple(
            graph.ReachedCode(
                step_key=key,
                digest=each.digest,
                parts={cut(name): part for name, part in snapshot.reach.parts_of(key).items()},
            )
            for key, each in sorted(snapshot.reach.steps.items())
        ),
    )


def _named(digests: Mapping[str, str]) -> tuple[graph.NamedDigest, ...]:
    return tuple(graph.NamedDigest(name=name, digest=digests[name]) for name in sorted(digests))


def _warnings(warnings: tuple[str, ...]) -> tuple[str, ...]:
    shown = tuple(cut(warning, limit=1024) for warning in warnings[: defaults.WARNING_COUNT])
    if len(warnings) > len(shown):
        return (*shown, f"{len(warnings) - len(shown)} further warnings are not shown.")
    return shown


def _report(report: graph.ModuleReport, text_limit: int) -> graph.ModuleReport:
    problem = report.problem
    return replace(
        report,
        target=printable(report.target),
        problem=None if problem is None else text_of(problem.head, text_limit),
        source=source_of(report.source),
        duration=report.duration or timedelta(),
    )


def _fitted(definition: D) -> D:
    """Return a definition whose texts protobuf can hold, and are no longer than is sent."""
    changed: dict[str, Any] = {}
    for name in ("description", "code_version"):
        text = getattr(definition, name, "")
        if text and (fitting := cut(text)) != text:
            changed[name] = fitting
    source = source_of(definition.source)
    if source is not definition.source:
        changed["source"] = source
    return replace(definition, **changed) if changed else definition


def _job(job: Job, asset_keys: tuple[KeyText, ...]) -> graph.Job:
    return graph.Job(
        name=job.name,
        selection=job.selection,
        asset_keys=asset_keys,
        description=cut(job.description),
        tags=job.tags,
        retry_policy=job.retry_policy,
        partitions=job.partitions,
        config=job.config,
    )
