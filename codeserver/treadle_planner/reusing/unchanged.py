"""Which steps of a first run are not run, because an earlier run did the same work. Pure.

A step is unchanged if what its outcome may rest on is what it was in an earlier success: its code and what
that reaches, resources, config, the values that it reads, what is selected of it. What it then made has to
be stored still, where something reads it, and to be the latest value of each asset that is selected.
A fan-out that is reused has its elements in the plan, each of which is decided for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from treadle.locations.canonical import encode
from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import element, unexpanded, version_in
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.message import UserValue
from treadle_contract.plan import (
    ChangeKind,
    PlannedInput,
    PlannedStep,
    Reuse,
    ReuseMode,
    StepChange,
    Verdict,
)
from treadle_planner._again import Again
from treadle_planner._fan_outs import FanOutsBefore
from treadle_planner._reads import Reads
from treadle_planner._words import capital, named
from treadle_planner.reusing.elements import is_element, read_name
from treadle_planner.reusing.eligible import not_compared, ordered_keys
from treadle_planner.reusing.known import Known

Selections: TypeAlias = Mapping[str, tuple[KeyText, ...]]


def reuse_unchanged(
    reads: Reads, steps: tuple[PlannedStep, ...], known: Known, selections: Selections
) -> Again:
    """Return the steps of a plan, those reused that are unchanged; each that runs says what changed.

    `selections` is what is selected of blocks whose steps do not say it.
    """
    fan_outs: Mapping[StepKey, EarlierStep] = {}
    forced: Mapping[StepKey, _Change] = {}
    while True:
        planned = FanOutsBefore(fan_outs, ()).expanded(steps)
        kept = tuple(step for step in planned if step.verdict is Verdict.RUN)
        choice = _Choice(reads, kept, known, selections, forced)
        choice.decide()
        if choice.fan_outs == fan_outs:
            choice.complete()
            if choice.fan_outs == fan_outs:
                break
            # A fan-out runs, for something that runs lacks a value: its elements are not known any more.
            forced = choice.forced
        fan_outs = choice.fan_outs
    decided = {step.key: choice.decided(step) for step in kept}
    reuses = (
        Reuse(step_key=key, from_run_id=earlier.from_run_id)
        for key, earlier in choice.reused.items()
    )
    return Again(
        steps=tuple([decided.get(step.key, step) for step in planned]),
        reuses=tuple(sorted(reuses, key=lambda reuse: reuse.step_key)),
        notes=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A change, and how it is told in a sentence that begins with what changed."""

    change: StepChange
    told: str


class _Choice:
    """Steps as they are decided, from the top: what is reused, and why the others run."""

    def __init__(
        self,
        reads: Reads,
        kept: tuple[PlannedStep, ...],
        known: Known,
        selections: Selections,
        forced: Mapping[StepKey, _Change],
    ) -> None:
        self._index = reads.index
        self._mode = reads.asked.options.reuse
        self._mode_of_job = reads.job.reuse if reads.job else None
        self._kept = kept
        self._known = known
        self._selections = selections
        self.reused: dict[StepKey, EarlierStep] = {}
        self._why: dict[StepKey, list[_Change]] = {}
        self.forced = dict(forced)

    @property
    def fan_outs(self) -> dict[StepKey, EarlierStep]:
        """The fan-outs that are reused, each with the success that says which elements it has."""
        return {key: each for key, each in self.reused.items() if each.fanned_out}

    def decide(self) -> None:
        """Decide each step by what is above it."""
        self.reused, self._why = {}, {}
        for step in self._kept:
            self._decide(step)

    def complete(self) -> None:
        """Decide each step, until nothing that runs reads what is stored no more."""
        count = -1
        while count != len(self.forced):
            count = len(self.forced)
            self.decide()
            # Where it is asked only what is fresh, nothing runs.
            for step in self._kept if not self._known.any_selection else ():
                if step.key not in self.reused:
                    self._add_makers(step)

    def decided(self, step: PlannedStep) -> PlannedStep:
        """Return the step with its verdict."""
        earlier = self.reused.get(step.key)
        if earlier is not None:
            proof = "the same code, config and inputs"
            return replace(
                step,
                verdict=Verdict.REUSE,
                reason=f"Unchanged since run {earlier.from_run_id}: {proof}.",
            )
        why = self._why[step.key]
        if not why:
            return step
        told = "; ".join(each.told for each in why if each.told)
        return replace(
            step,
            reason=f"{capital(told)}. {step.reason}",
            changes=tuple(each.change for each in why),
        )

    def _decide(self, step: PlannedStep) -> None:
        if self._mode_of(step) is not ReuseMode.UNCHANGED:
            self._why[step.key] = []
            return
        never = [_changed(*each) for each in not_compared(self._index, step)]
        if never:
            self._why[step.key] = never
            return
        if step.key in self.forced:
            self._why[step.key] = [self.forced[step.key]]
            return
        earlier = self._known.earlier.get(step.key, ())
        if not earlier and step.partitions is not None:
            told = "no earlier run made these partitions with success"
            self._why[step.key] = [_changed(ChangeKind.PARTITION, "", told)]
            return
        if not earlier:
            told = "no earlier run ran it with success"
            self._why[step.key] = [_changed(ChangeKind.NEW, "", told)]
            return
        found: list[_Change] = []
        for each in earlier:
            changes = list(self._changes(step, each))
            if not changes:
                self.reused[step.key] = each
                return
            found = found or changes
        self._why[step.key] = found

    def _mode_of(self, step: PlannedStep) -> ReuseMode:
        if self._index.wiring.blocks[step.block].observed_keys:
            # What others make may be another by now: that is what it looks for.
            return ReuseMode.NEVER
        of_block = self._index.wiring.blocks[step.block].reuse
        return self._mode or of_block or self._mode_of_job or ReuseMode.NEVER

    def _changes(self, step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        """Yield what is not as it was in a success, what is found first told first."""
        yield from self._made_of_changes(step, earlier)
        yield from self._value_changes(step, earlier)

    def _made_of_changes(self, step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        yield from self._code_changes(step, earlier)
        yield from self._config_changes(step, earlier)
        yield from self._selection_changes(step, earlier)
        yield from self._input_changes(step, earlier)

    # What it is made of.

    def _code_changes(self, step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        run = f"run {earlier.from_run_id}"
        if step.code_digest or earlier.code_digest:
            if step.code_digest == earlier.code_digest:
                return
            now = self._index.snapshot.reach.parts_of(unexpanded(step.key))
            names = sorted(
                name
                for name in now.keys() | earlier.code_parts.keys()
                if now.get(name) != earlier.code_parts.get(name)
            )
            if not names or not earlier.code_parts:
                yield _changed(
                    ChangeKind.CODE, "", f"its code, or what that reaches, is not that of {run}"
                )
            else:
                told = named(names)
                each = [StepChange(kind=ChangeKind.CODE, name=name) for name in names]
                yield _Change(change=each[0], told=f"what it reaches changed since {run}: {told}")
                yield from (_Change(change=other, told="") for other in each[1:])
            return
        node = self._index.wiring.steps[unexpanded(step.key)].node
        now_digest = self._index.snapshot.manifest.ops.get(node, "")
        if not now_digest or now_digest != earlier.op_digest:
            yield _changed(ChangeKind.CODE, node, f"its code changed since {run}")

    @staticmethod
    def _config_changes(step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        told = (
            ("config", step.config, earlier.config),
            ("inputs", step.told_inputs, earlier.told_inputs),
            (
                "resources",
                {each.key: each.config for each in step.resource_config},
                {each.key: each.config for each in earlier.resource_config},
            ),
        )
        for place, now, before in told:
            for name in _differing(place, now, before):
                yield _changed(
                    ChangeKind.CONFIG,
                    name,
                    f"its {name} is another than in run {earlier.from_run_id}",
                )

    def _selection_changes(self, step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        if unexpanded(step.key) not in self._index.snapshot.reach.seeing:
            # What it is to make shows in its outputs, and else it cannot tell.
            return
        now = (
            step.selected_outputs,
            self._selections.get(step.block, step.selected_asset_keys),
            step.selected_checks,
        )
        before = earlier.selected_outputs, earlier.selected_asset_keys, earlier.selected_checks
        if now != before and not self._known.any_selection:
            told = f"its selection is not that of run {earlier.from_run_id}"
            yield _changed(ChangeKind.SELECTION, "", told)

    # What it reads.

    def _input_changes(self, step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        # A list of no elements is read of nothing.
        before = {read.input: read.versions for read in earlier.reads if read.versions}
        for planned in step.inputs:
            if planned.not_needed or not planned.sources:
                continue
            yield from self._upstream_changes(planned, earlier, before.get(planned.name, ()))
        nows = {each.name for each in step.inputs if each.sources and not each.not_needed}
        wired = self._index.wiring.steps[unexpanded(step.key)]
        orders = {each.name for each in wired.inputs if each.nothing}
        orders -= {read.input for read in earlier.reads if any(map(is_element, read.sources))}
        for name in sorted(before.keys() - nows - orders):
            yield _changed(ChangeKind.INPUT, name, f"it reads input {name} no more")
        for key in ordered_keys(self._index, step):
            fact = self._known.facts.get(key)
            if fact is not None and fact.store_sequence > earlier.began_sequence:
                yield _changed(
                    ChangeKind.INPUT,
                    key,
                    f"it waits for {key}, which was made again since run {earlier.from_run_id}",
                )

    def _upstream_changes(
        self, planned: PlannedInput, earlier: EarlierStep, before: Sequence[str]
    ) -> Iterator[_Change]:
        versions: list[str] = []
        for source in planned.sources:
            made = source.step_output
            if made is None:
                versions.append(self._known.loaded(source))
                continue
            upstream = self.reused.get(made.step_key)
            if upstream is None:
                yield _changed(
                    ChangeKind.INPUT, planned.name, f"it reads {made.step_key}, which runs"
                )
                return
            if planned.nothing:
                latest = self._known.earlier[made.step_key][0]
                if latest.ended_sequence > earlier.began_sequence:
                    told = f"it waits for {made.step_key}, which ran again since run {earlier.from_run_id}"
                    yield _changed(ChangeKind.INPUT, planned.name, told)
                if not is_element(source):
                    continue
            version = upstream.output_versions.get(element(made.output, made.mapping_key), "")
            versions.append(self._known.with_loaded(source, version_in(made, version)))
        if planned.nothing and not versions:
            return
        if not all(versions):
            told = f"the values of input {planned.name} cannot be compared"
            yield _changed(ChangeKind.INPUT, planned.name, told)
        elif tuple(versions) != tuple(before):
            told = f"the value of input {planned.name} is not that of run {earlier.from_run_id}"
            yield _changed(ChangeKind.INPUT, planned.name, told)

    # What it made.

    def _value_changes(self, step: PlannedStep, earlier: EarlierStep) -> Iterator[_Change]:
        run = f"run {earlier.from_run_id}"
        now = {output.name for output in step.outputs}
        had = {each.partition("[")[0] for each in (*earlier.stored_outputs, *earlier.lost_outputs)}
        for name in sorted(had - now):
            yield _changed(ChangeKind.CODE, name, f"it has no output {name} any more")
        newest = self._known.earlier[step.key][0]
        for output in step.outputs:
            if not output.selected or output.name in earlier.left_out_outputs:
                continue
            if output.nothing and earlier is not newest:
                # What it did, nobody can put back.
                told = f"run {newest.from_run_id} ran it since {run}, otherwise"
                yield _changed(ChangeKind.VALUE, output.name, told)
            if output.name not in had and not self._known.any_selection:
                told = f"{run} did not make its output {output.name}"
                yield _changed(ChangeKind.VALUE, output.name, told)
            for asset in output.assets if not output.nothing else ():
                if asset.selected and (
                    told := self._lack(step, earlier, output.name, asset.asset_key)
                ):
                    yield _changed(ChangeKind.VALUE, output.name, told)

    def _lack(self, step: PlannedStep, earlier: EarlierStep, output: str, key: KeyText) -> str:
        """Say why what a success made is not the asset as it is to be, "" where it is."""
        version = self._known.version(key, step.partitions)
        is_latest = version == earlier.output_versions.get(output)
        if self._known.any_selection:
            # Another success may have made it, of another part of the block.
            is_fresh = (
                is_latest
                or not version
                or any(
                    each.output_versions.get(output) == version
                    and not any(self._made_of_changes(step, each))
                    for each in self._known.earlier[step.key]
                )
            )
            return "" if is_fresh else f"the latest value of {key} was made otherwise"
        if not is_latest:
            return f"the latest value of {key} is not that of run {earlier.from_run_id}"
        return "" if key in earlier.asset_keys else f"the value of {key} is stored no more"

    def _add_makers(self, reader: PlannedStep) -> None:
        for planned in reader.inputs:
            for source in () if planned.not_needed or planned.nothing else planned.sources:
                made = source.step_output
                earlier = None if made is None else self.reused.get(made.step_key)
                if made is None or earlier is None:
                    continue
                is_left_out = made.output in earlier.left_out_outputs
                name = read_name(made)
                # What a user's manager stores by a name may have been stored over.
                is_stored = name in earlier.stored_outputs and made.output not in earlier.by_name
                if not (is_left_out or is_stored or self._is_latest(made.step_key, made.output)):
                    told = f"its output {name}, which {reader.key} reads, is stored no more"
                    self.forced[made.step_key] = _changed(ChangeKind.VALUE, made.output, told)

    def _is_latest(self, key: StepKey, output: str) -> bool:
        """Tell whether an output made an asset by a manager of the user's that is the latest of it."""
        earlier = self.reused[key]
        if output not in earlier.by_name:
            return False
        outputs = self._index.wiring.steps[unexpanded(key)].outputs
        made = next(each for each in outputs if each.name == output)
        version = earlier.output_versions.get(output)
        return any(
            self._known.version(asset, earlier.partitions) == version for asset in made.asset_keys
        )


def _changed(kind: ChangeKind, name: str, told: str) -> _Change:
    return _Change(change=StepChange(kind=kind, name=name), told=told)


def _differing(place: str, now: UserValue, before: UserValue) -> Iterator[str]:
    """Yield the keys under which two values differ, with dots, below a place."""
    if encode(now) == encode(before):
        return
    if isinstance(now, Mapping) and isinstance(before, Mapping):
        for key in sorted(now.keys() | before.keys()):
            if key not in now or key not in before:
                yield f"{place}.{key}"
            else:
                yield from _differing(f"{place}.{key}", now[key], before[key])
    else:
        yield place
