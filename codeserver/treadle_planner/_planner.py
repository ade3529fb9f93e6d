"""Plans: a pure function of a snapshot and a request. Same input, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from treadle.locations.canonical import Json, dumps, to_json
from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.fan_outs import unexpanded
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import ExplanationPart, PlannedStep, Selection, Verdict
from treadle_planner._again import Again, run_again
from treadle_planner._index import SnapshotIndex
from treadle_planner._loads import planned_loads
from treadle_planner._on_record import OnRecord, Settled
from treadle_planner._plan import Plan
from treadle_planner._readers import Readers
from treadle_planner._reads import Reads
from treadle_planner._record import Conversation, Question, Record
from treadle_planner._reexecution import Rerun
from treadle_planner._request import Asked
from treadle_planner._selected import (
    Selected,
    expression_of,
    named_keys,
    older_meanings,
    selected_keys,
)
from treadle_planner._steps import planned_hazards, planned_selections, planned_steps
from treadle_planner._tasks import with_tasks
from treadle_planner._walk import Kept, keep
from treadle_planner.explaining.explanation import explanation
from treadle_planner.partitions._definitions import KeysNow
from treadle_planner.partitions._functions import UserFunctions, asking, with_config
from treadle_planner.partitions._ranges import definitions_of_ranges
from treadle_planner.partitions._record import PartitionRecord
from treadle_planner.partitions._run import RunPartitions, run_partitions
from treadle_planner.parts.op_selection import left_out, part_of_job
from treadle_planner.reusing.unchanged import reuse_unchanged


class Planner:
    """Plans on one snapshot, which it indexes once. `functions` runs what is the user's."""

    def __init__(self, snapshot: Snapshot, functions: UserFunctions | None = None) -> None:
        self._index = SnapshotIndex.of(snapshot)
        self._functions = functions
        #: For the ops of a job that were asked for last.
        self._part: tuple[Selection, SnapshotIndex] | None = None

    def _index_of(self, asked: Selection) -> SnapshotIndex:
        """Return the index that a selection is planned on: of some ops of a job, one that has no others.

        Raises:
            PlanRefused: the job has no such ops.
        """
        if not asked.op_selection:
            return self._index
        part = self._part
        if part is None or part[0] != asked:
            snapshot = part_of_job(self._index.snapshot, asked)
            part = self._part = asked, SnapshotIndex.of(snapshot)
        return part[1]

    @property
    def has_partitions(self) -> bool:
        """Whether plans depend on when they are asked for."""
        return bool(self._index.partitions)

    @property
    def digest(self) -> str:
        """The snapshot's digest."""
        return self._index.snapshot.digest

    def plan(self, request: PlanRequest) -> Plan:
        """Return what would run, and why.

        Raises:
            PlanRefused: the selection cannot be planned.
        """
        return self.plan_once(Asked.of(request))

    def plan_again(self, request: PlanRequest, rerun: Rerun) -> Plan:
        """Return what would run of an earlier run's selection, what is reused, and why.

        Raises:
            PlanRefused: the selection cannot be planned, or an expression names no step.
        """
        return self.plan_once(Asked.of(request), rerun)

    def named_keys(self, asked: Selection) -> tuple[KeyText, ...]:
        """Return, sorted, the assets that a selection names, blocks in part among them.

        Raises:
            PlanRefused: the selection cannot be taken.
        """
        return named_keys(self._index, asked)

    def on_record(
        self,
        request: PlanRequest,
        elsewhere: Iterable[KeyText] = (),
        rerun: Rerun | None = None,
        plan_once: Callable[[Asked], Plan] | None = None,
    ) -> Conversation[Settled]:
        """Return what can run as it is, `elsewhere` being what another location owns.

        `plan_once` is asked for each plan on the way instead of this planner, if it is given.

        Raises:
            PlanRefused: the selection cannot be planned, or loads what is not stored.
        """
        once = plan_once or partial(self.plan_once, rerun=rerun)
        asked, is_again = Asked.of(request), rerun is not None
        names = self._index.partitions.dynamic_names
        if names:
            asked = replace(asked, dynamic=(yield Question(dynamic=names)).dynamic)
        record = Record(frozenset(elsewhere), PartitionRecord(self._keys_now(asked)))
        talk = OnRecord(self._index, once, asked, record, is_again=is_again).settled()
        return (yield from talk)

    def explain(self, asked: Asked) -> ExplanationPart:
        """Return why each op of the location is in the plan of what is asked, or not.

        Raises:
            PlanRefused: as `plan`.
        """
        plan = self.plan_once(asked)
        _, readers = self._read(asked)
        return explanation(
            readers, plan, asked.expression or expression_of(self._index, asked.selection)
        )

    def _read(self, asked: Asked) -> tuple[Selected, Readers]:
        """Return what is selected, and what of that is read by whom."""
        index = self._index_of(asked.selection)
        selected = selected_keys(index, asked)
        kept = keep(index, asked, selected)
        partitions = self._partitions(index, asked, kept)
        reads = Reads(index=index, asked=asked, kept=kept, partitions=partitions)
        return selected, Readers.of(reads)

    def _partitions(self, index: SnapshotIndex, asked: Asked, kept: Kept) -> RunPartitions | None:
        """Return what the run makes of partitions; None: the location knows none, and none is asked."""
        wanted = asked.options.partitions
        if not index.partitions and not wanted:
            return None
        name = "" if asked.selection.expressions else asked.selection.job
        jobs = (job.partitions for job in index.snapshot.jobs if name and job.name == name)
        return run_partitions(index, self._keys_now(asked), kept, wanted, next(jobs, ""))

    def _keys_now(self, asked: Asked) -> KeysNow:
        ask = asking(self._functions, asked.now, asked.dynamic)
        return KeysNow(
            definitions=self._index.partitions, now=asked.now, dynamic=asked.dynamic, ask=ask
        )

    def plan_once(self, asked: Asked, rerun: Rerun | None = None) -> Plan:
        """Return the plan of just what is asked.

        Raises:
            PlanRefused: as `plan` and `plan_again`.
        """
        selected, readers = self._read(asked)
        reads, index = readers.reads, readers.reads.index
        job = with_config(reads.job, self._functions, asked.options.partitions)
        config = index.run_config(reads.kept.selected, asked.options.config, job)
        steps = planned_steps(readers, config)
        again = Again(steps=steps, reuses=(), notes=())
        if rerun is not None:
            again = run_again(index, steps, rerun, asked.joining)
        elif asked.known is not None:
            again = reuse_unchanged(reads, steps, asked.known, planned_selections(reads))
        steps = with_tasks(reads, again.steps)
        running = [step for step in steps if step.verdict is Verdict.RUN]
        loads = planned_loads(readers, _by_definition(running))
        plan = Plan(
            digest=self._index.snapshot.digest,
            fingerprint="",
            selected_asset_keys=reads.kept.in_order,
            missing_asset_keys=tuple(sorted(reads.kept.missing)),
            notes=(*older_meanings(reads.job), *config.notes, *again.notes),
            steps=(*steps, *self._left_out(index, asked.selection)),
            selections=planned_selections(reads),
            loads=loads,
            hazards=planned_hazards(reads, running),
            reexecution=None if rerun is None else rerun.reexecution,
            reuses=again.reuses,
            selected_checks=tuple(sorted(selected.checks)),
            observed_asset_keys=tuple(sorted(selected.observed)),
            partitions_definitions=definitions_of_ranges(reads.partitions, steps, loads),
        )
        fingerprint = _fingerprint(asked, plan)
        beyond = selected.beyond
        return replace(plan, fingerprint=fingerprint, above=beyond.above, below=beyond.below)

    def _left_out(self, index: SnapshotIndex, asked: Selection) -> Iterator[PlannedStep]:
        """Yield the steps that the ops that are asked for leave out."""
        for step in left_out(self._index.snapshot, index.snapshot, asked.job):
            yield PlannedStep(
                key=step.key,
                block=step.block,
                op=step.op,
                verdict=Verdict.OMIT,
                reason="op_selection leaves it out.",
            )


def _by_definition(steps: Iterable[PlannedStep]) -> dict[StepKey, list[StepKey]]:
    found: dict[StepKey, list[StepKey]] = {}
    for step in steps:
        found.setdefault(unexpanded(step.key), []).append(step.key)
    return found


def _fingerprint(asked: Asked, plan: Plan) -> str:
    """Return SHA-256 in hexadecimal over what was asked for and what was decided.

    What else is said of a step follows from that and from the snapshot, which the digest names.
    """
    # What the launcher alone reads has no part in it.
    options = replace(asked.options, unrecorded_loads=None)
    decided: list[Json] = [
        _decided(step) for step in plan.steps if step.verdict is not Verdict.OMIT
    ]
    said = to_json(replace(plan, steps=(), selections={}, partitions_definitions=()))
    assert isinstance(said, dict), "a plan has fields"
    # What is selected is in it by its keys.
    del said["selections"]
    # What the snapshot's digest names.
    del said["partitions_definitions"]
    if not plan.selected_checks:
        # Other fingerprints are as they always were.
        del said["selected_checks"]
    if not plan.observed_asset_keys:
        del said["observed_asset_keys"]
    chosen = to_json(options)
    assert isinstance(chosen, dict), "options have fields"
    if options.reuse is None:
        del chosen["reuse"]
    if not options.partitions:
        del chosen["partitions"]
    selected = to_json(asked.selection)
    assert isinstance(selected, dict), "a selection has fields"
    if not asked.selection.allow_empty:
        del selected["allow_empty"]
    if not asked.selection.op_selection:
        del selected["op_selection"]
    identity = dumps([selected, chosen, said, decided])
    return hashlib.sha256(identity).hexdigest()


def _decided(step: PlannedStep) -> list[Json]:
    outputs: list[Json] = [*step.selected_outputs]
    decided: list[Json] = [step.key, step.verdict, step.reason, outputs]
    # What a step and its resources are told, if anything: other fingerprints are as they always were.
    if step.config is not None:
        decided.append(to_json(step.config))
    if step.told_inputs is not None:
        decided.append(["inputs", to_json(step.told_inputs)])
    if step.resource_config:
        decided.append(to_json(step.resource_config))
    if step.partitions is not None:
        decided.append(["partitions", to_json(step.partitions)])
    return decided


def plan(snapshot: Snapshot, request: PlanRequest) -> Plan:
    """Return what would run, and why. Keep a Planner to plan on one snapshot many times.

    Raises:
        PlanRefused: the selection cannot be planned.
    """
    return Planner(snapshot).plan(request)
