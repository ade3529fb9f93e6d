"""op_selection: the snapshot as it is for a run of some ops of a job. What makes the others' inputs is told or has defaults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from treadle import _json as json
from treadle.config.values import joined_schema
from treadle.locations.snapshot import OutputSource, Snapshot, Step, StepInput
from treadle.selection import InBlock
from treadle.selection._op_clauses import OpSelectionError, Tree, is_selected, selected_nodes
from treadle_contract.fan_outs import node_names
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Selection
from treadle_contract.value import ConfigPlace
from treadle_planner._refusals import PlanRefused, RefusalReason


def part_of_job(snapshot: Snapshot, asked: Selection) -> Snapshot:
    """Return the snapshot in which the job that is asked for has no other ops than those of its `op_selection`.

    Raises:
        PlanRefused: it is no job of ops, has no such ops, or an input has no other value.
    """
    job = next((each for each in snapshot.jobs if each.name == asked.job), None)
    if job is None and asked.job and not asked.expressions:
        return snapshot  # which is refused as any job that is not there
    if job is None or asked.expressions or job.selection != str(InBlock(name=job.name)):
        told = f"{asked.job!r} selects assets" if asked.job else "none is named"
        raise _refused(
            f"op_selection takes ops of a job of ops, and {told}. Name such a job, or leave it out."
        )
    of_job = [step for step in snapshot.steps if step.block == job.name]
    tree = _selected(of_job, asked.op_selection)
    kept = {step.key for step in of_job if is_selected(tree, node_names(step.key)[1:])}
    left = [step for step in of_job if step.key not in kept]
    gone = {step.key for step in left}
    steps = [
        step if step.key not in kept else _cut(step, gone)
        for step in snapshot.steps
        if step.key not in gone
    ]
    part = replace(job, left_out=(*job.left_out, *_left_out(left, steps)))
    return replace(
        snapshot,
        steps=tuple(steps),
        jobs=tuple([part if each is job else each for each in snapshot.jobs]),
    )


def left_out(whole: Snapshot, part: Snapshot, job: str) -> Iterator[Step]:
    """Yield the steps of a job that are in a snapshot, and no longer in a part of it."""
    if part is not whole:
        keys = {step.key for step in part.steps}
        yield from (step for step in whole.steps if step.block == job and step.key not in keys)


def _selected(steps: Iterable[Step], clauses: Iterable[str]) -> Tree:
    nodes: dict[str, Any] = {}
    reads: dict[str, set[str]] = {}
    for step in steps:
        _, *path = node_names(step.key)
        inner = nodes
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = None
        read = reads.setdefault(path[0], set())
        read.update(node_names(key)[1] for each in step.inputs for key in _makers(each))
    own = {name: {each for each in read if each != name} for name, read in reads.items()}
    try:
        return selected_nodes(clauses, nodes, own)
    except OpSelectionError as error:
        raise _refused(str(error)) from error


def _makers(each: StepInput) -> Iterator[StepKey]:
    for source in each.sources:
        if isinstance(source, OutputSource):
            yield source.step_key


def _left_out(left: Iterable[Step], kept: Iterable[Step]) -> Iterator[str]:
    left = tuple(left)
    yield from (step.key for step in left)
    read = {argument for step in kept for each in step.inputs for argument in each.arguments}
    unread = {argument for step in left for each in step.inputs for argument in each.arguments}
    for argument in sorted(unread - read):
        graph, _, name = argument.rpartition(".")
        yield f"{graph}:{name}"


def _cut(step: Step, gone: AbstractSet[StepKey]) -> Step:
    """Return a step without what it reads of steps that are gone; an input that loses all may be told."""
    fanned_out = [each.step_key for each in step.mapped_over if each.step_key in gone]
    if fanned_out:
        raise _refused(
            f"{step.key} is mapped over what {fanned_out[0]} yields, which op_selection leaves out. Select that, too (*"
            " or + before the name)."
        )
    inputs, told, required = [], {}, []
    for each in step.inputs:
        sources = tuple(
            source
            for source in each.sources
            if not (isinstance(source, OutputSource) and source.step_key in gone)
        )
        if sources or not each.sources:
            inputs.append(
                each if len(sources) == len(each.sources) else replace(each, sources=sources)
            )
            continue
        inputs.append(replace(each, sources=(), fan_in=False))
        if each.schema:
            told[each.name] = json.loads(each.schema)
        if not (each.nothing or each.has_default or each.manager_key):
            required.append(each.name)
            if not each.schema:
                made = ", ".join(sorted(set(_makers(each))))
                raise _refused(
                    f"{step.key} reads {made} as its input {each.name!r}, which op_selection leaves out. Select what"
                    " makes it, too (* or + before the name), or give the input a default, or a type that a run can"
                    " tell.",
                    reason=RefusalReason.BAD_CONFIG,
                )
    place = _place(step, told, required) if told else step.told_inputs
    return replace(step, inputs=tuple(inputs), told_inputs=place)


def _place(step: Step, told: dict[str, Any], required: list[str]) -> ConfigPlace:
    """Return where the inputs of a step are told, these among them."""
    before = step.told_inputs
    known = json.loads(before.json_schema) if before is not None else {}
    schema = joined_schema(
        {**known.get("properties", {}), **told}, {*known.get("required", ()), *required}
    )
    named = {**known.get("$defs", {}), **schema.get("$defs", {})}
    whole = {**schema, "$defs": named} if named else schema
    path = [part for name in node_names(step.key) for part in ("ops", name)]
    return ConfigPlace(
        path=(*path, "inputs"),
        json_schema=json.writer(sort_keys=True, separators=(",", ":"))(whole),
        given=None if before is None else before.given,
    )


def _refused(message: str, reason: RefusalReason = RefusalReason.UNKNOWN_STEPS) -> PlanRefused:
    return PlanRefused(reason, message)
