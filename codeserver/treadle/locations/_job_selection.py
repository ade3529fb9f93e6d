"""What each job selects: checked where it is defined, and the same wherever its target goes."""

from __future__ import annotations

from collections.abc import Iterable

from treadle._errors import ArgumentError, ConflictError, listed
from treadle.locations._jobs import AssetJob
from treadle.locations.snapshot import Block, Job, Snapshot, SourceLine
from treadle.selection import (
    AssetGraph,
    Check,
    Expression,
    Key,
    SelectionError,
    WithoutChecks,
    bare_reaches,
    older_meaning,
    select,
    select_checks,
    select_observed,
    union,
)
from treadle_contract.ids import KeyText
from treadle_contract.kinds import EXPRESSIONS, KINDS
from treadle_contract.lazy_dataclasses import dataclass

_MOST_SELECTION_BYTES = KINDS[EXPRESSIONS].max_total_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedJob:
    """A job, and the assets, made or observed, and the checks that it selects in its own target."""

    job: AssetJob
    keys: frozenset[KeyText]
    checks: frozenset[str] = frozenset()


def selected_jobs(
    jobs: Iterable[AssetJob], snapshot: Snapshot, lines: tuple[SourceLine, ...]
) -> tuple[SelectedJob, ...]:
    """Evaluate the jobs of a target. `lines` are further places for messages.

    Raises:
        ArgumentError: a selection names what is not there, or selects nothing; a config holds a secret.
        ConflictError: it selects a part of a block that is made whole only.
    """
    jobs = tuple(jobs)
    told = [job for job in jobs if job.config is not None]
    if told:
        from treadle.locations._job_config import refuse_misplaced  # noqa: PLC0415 -- few jobs have config

        refuse_misplaced(told, snapshot, lines)
    graph = AssetGraph.of(snapshot.assets if jobs else (), snapshot.checks, snapshot.blocks)
    found = tuple(_selected(job, graph, snapshot.blocks, lines) for job in jobs)
    _refuse_other_partitions(found, snapshot, lines)
    return found


def _refuse_other_partitions(
    selected: Iterable[SelectedJob], snapshot: Snapshot, lines: tuple[SourceLine, ...]
) -> None:
    for each in selected:
        job = each.job
        if job.partitions_def is None or not each.keys:
            continue
        has = {asset.partitions for asset in snapshot.assets if asset.key in each.keys} - {""}
        if job.partitions_def.contract.id not in has:
            raise ConflictError(
                f"Job {job.name!r}: nothing that it selects has its partitions, {job.partitions_def}."
                + ("" if has else " What it selects has none."),
                fix="Leave partitions_def out, or give that of an asset that it selects.",
                source=job.source,
                others=lines,
            )


def snapshot_jobs(
    selected: Iterable[SelectedJob], snapshot: Snapshot
) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """Return the jobs as they stand in a location's snapshot, and warnings about them.

    A selection such as `*` would take in the assets of other targets: then the job's own are
    written out.

    Raises:
        ArgumentError: a selection is too long as text.
    """
    selected = tuple(selected)
    graph = AssetGraph.of(snapshot.assets if selected else (), snapshot.checks, snapshot.blocks)
    jobs, warnings = [], []
    for each in sorted(selected, key=lambda each: each.job.name):
        job = each.job
        warnings.extend(_older_meaning(job))
        is_same = _taken_up(job.selection, graph) == each.keys
        is_same = is_same and select_checks(job.selection, graph) == each.checks
        jobs.append(
            Job(
                name=job.name,
                selection=_text(
                    job, job.selection if is_same else _written_out(each.keys, each.checks, graph)
                ),
                description=job.description,
                tags=job.tags,
                retry_policy=None if job.retry_policy is None else job.retry_policy.as_data(),
                isolation=job.isolation,
                reuse=job.reuse,
                config=job.config,
                resource_keys=tuple(
                    sorted({key for hook in job.hooks for key in hook.required_resource_keys})
                ),
                source=job.source,
                partitions="" if job.partitions_def is None else job.partitions_def.contract.id,
                left_out=job.left_out,
                has_partitioned_config=job.partitioned_config is not None,
            )
        )
    return tuple(jobs), tuple(warnings)


def _text(job: AssetJob, selection: Expression) -> str:
    text = str(selection)
    size = len(text) if text.isascii() else len(text.encode())
    if size > _MOST_SELECTION_BYTES:
        raise ArgumentError(
            f"define_asset_job {job.name!r}: what it selects takes {size:,} bytes written out.",
            fix=f"Select by group, tag or kind: it may take {_MOST_SELECTION_BYTES:,} bytes.",
            source=job.source,
        )
    return text


def _selected(
    job: AssetJob, graph: AssetGraph, blocks: Iterable[Block], lines: tuple[SourceLine, ...]
) -> SelectedJob:
    try:
        keys = _taken_up(job.selection, graph)
    except SelectionError as error:
        raise ArgumentError(
            f"Job {job.name!r}: {error}",
            fix="Correct the selection, or give Definitions the assets that it names.",
            source=job.source,
            others=lines,
        ) from error
    checks = select_checks(job.selection, graph)
    _refuse_parts(SelectedJob(job=job, keys=keys, checks=checks), blocks, graph, lines)
    return SelectedJob(job=job, keys=keys, checks=checks)


def _taken_up(selection: Expression, graph: AssetGraph) -> frozenset[KeyText]:
    return select(selection, graph) | select_observed(selection, graph)


def _refuse_parts(
    selected: SelectedJob,
    blocks: Iterable[Block],
    graph: AssetGraph,
    lines: tuple[SourceLine, ...],
) -> None:
    job, keys, checks = selected.job, selected.keys, selected.checks
    parted = [block for block in blocks if _is_parted(block, selected)]
    if not parted:
        return
    block = parted[0]
    smallest = keys.union(*(each.own_keys for each in parted))
    missing = [key for key in block.own_keys if key not in keys]
    verb = "observed" if block.observed_keys else "made"
    others = lines if block.source is None else (block.source, *lines)
    raise ConflictError(
        f"Job {job.name!r} selects a part of {block.name!r}, which is {verb} whole or not at all:"
        f" {listed(missing)} missing.",
        fix=f"Select {str(_written_out(smallest, checks, graph))!r}"
        + (f", or give {block.name!r} can_subset=True." if len(block.own_keys) > 1 else "."),
        source=job.source,
        others=others,
    )


def _is_parted(block: Block, selected: SelectedJob) -> bool:
    """Tell whether a block is selected in part: some of its assets, or what their op checks without them."""
    if block.can_subset:
        return False
    mine = selected.keys.intersection(block.own_keys)
    checks = selected.checks.intersection(block.checks) if block.asset_keys else ()
    is_named = mine or (not block.is_graph and checks)
    return bool(is_named) and len(mine) < len(block.own_keys)


def _written_out(keys: frozenset[KeyText], checks: frozenset[str], graph: AssetGraph) -> Expression:
    """Return a selection of just these; the checks that come with assets are not named."""
    parts: list[Expression] = [Key(key=key) for key in sorted(keys)]
    if parts and select_checks(union(parts), graph) - checks:
        parts = [WithoutChecks(of=union(parts))]
    named = select_checks(union(parts), graph) if parts else frozenset()
    for each in sorted(checks - named):
        asset, _, name = each.rpartition(":")
        parts.append(Check(asset=asset, name=name))
    return union(parts)


def _older_meaning(job: AssetJob) -> list[str]:
    return [older_meaning(job.name, part) for part in bare_reaches(job.selection)]
