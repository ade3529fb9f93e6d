"""Which steps of an earlier run run again, which are reused, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from treadle.locations.canonical import encode
from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import UNKNOWN, element, unexpanded
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import (
    PlannedInput,
    PlannedSource,
    PlannedStep,
    ReexecutionKind,
    Reuse,
    Verdict,
)
from treadle_contract.run import StepState
from treadle_planner._fan_outs import FanOutsBefore
from treadle_planner._index import SnapshotIndex
from treadle_planner._reexecution import ENDINGS, Rerun, again_notes
from treadle_planner._step_names import StepNames, made_keys, step_sources
from treadle_planner._words import capital, named, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The steps of a plan with the verdicts of a re-execution, what is reused, and notes."""

    steps: tuple[PlannedStep, ...]
    reuses: tuple[Reuse, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known to run again by now: fan-outs, each with why, and the steps that were `named`."""

    fan_outs: Mapping[StepKey, str]
    named: frozenset[StepKey]


def run_again(
    index: SnapshotIndex,
    steps: tuple[PlannedStep, ...],
    rerun: Rerun,
    joining: frozenset[KeyText] = frozenset(),
) -> Again:
    """Return the steps of a plan, those reused that need not run again.

    What makes an asset that is `joining` runs: the step's own reason says why.

    Raises:
        PlanRefused: an expression names no step.
    """
    fan_outs: dict[StepKey, str] = {}
    named: frozenset[StepKey] | None = None
    while True:
        before = FanOutsBefore(rerun.earlier, fan_outs)
        planned = before.expanded(steps)
        kept = tuple(step for step in planned if step.verdict is Verdict.RUN)
        if named is None and rerun.reexecution.kind is ReexecutionKind.STEPS:
            named = StepNames.of(kept).select(rerun.reexecution.step_expressions)
        choice = _Choice(index, kept, rerun, joining, _Found(fan_outs, named or frozenset()))
        choice.begin()
        choice.complete()
        found = choice.running(before.used)
        if not found:
            break
        # Which elements they yield now, nobody knows: all that is mapped over them stands unexpanded.
        fan_outs |= found
    decided = {step.key: choice.decided(step) for step in kept}
    reuses = (choice.reuse(step) for step in decided.values() if step.verdict is Verdict.REUSE)
    return Again(
        steps=tuple(decided.get(step.key, step) for step in planned),
        reuses=tuple(sorted(reuses, key=lambda reuse: reuse.step_key)),
        notes=tuple(again_notes(index, planned, rerun)),
    )


class _Choice:
    """Steps that run again, each with why, as they are found.

    It begins with what is asked for, and is complete when nothing that runs reads what is not
    there, and nothing changed is reused that is not to be.
    """

    def __init__(
        self,
        index: SnapshotIndex,
        kept: tuple[PlannedStep, ...],
        rerun: Rerun,
        joining: frozenset[KeyText],
        found: _Found,
    ) -> None:
        """Choose of what is kept."""
        self._index = index
        self._kept = kept
        self._joining = joining
        self._joined = [step.key for step in kept if not joining.isdisjoint(made_keys(step))]
        self._earlier = rerun.earlier
        self._stored = {key: frozenset(each.stored_outputs) for key, each in rerun.earlier.items()}
        self._left_out = {
            key: frozenset(each.left_out_outputs) for key, each in rerun.earlier.items()
        }
        self._asked = rerun.reexecution
        self._parent = f"run {rerun.reexecution.parent_run_id}"
        self._sources = {step.key: step_sources(step) for step in kept}
        fan_outs = found.fan_outs.items()
        self._fan_outs = {key: why for key, why in fan_outs if key in self._sources}
        # Of a name that is gone the fan-out runs again: then all that is mapped over it does.
        self._named = found.named & self._sources.keys()
        self._why: dict[StepKey, str] = {}
        self._skipped: frozenset[StepKey] = frozenset()

    def begin(self) -> None:
        """Choose what is asked for by the kind of the re-execution, and what joins.

        Nothing runs only because what it read before joins: that is as it was.
        """
        match self._asked.kind:
            case ReexecutionKind.ALL:
                self._why = dict.fromkeys((step.key for step in self._kept), "")
            case ReexecutionKind.STEPS:
                self._why = dict.fromkeys(sorted(self._named), "Asked for.")
            case ReexecutionKind.FROM_FAILURE:
                for step in self._kept:
                    why = self._expanded_anew(step) or self._unfinished(step) or self._below(step)
                    if why and not self._joins_anew(step.key):
                        self._why[step.key] = why
        self._why = {**dict.fromkeys(self._joined, ""), **self._fan_outs, **self._why}

    def complete(self) -> None:
        """Choose what else must run, until nothing is added."""
        count = -1
        while count != len(self._why):
            count = len(self._why)
            self._skipped = self._skipped_again()
            for step in self._kept:
                anew = self._expanded_anew(step)
                if anew:
                    self._why.setdefault(step.key, anew)
            for step in self._kept:
                why = self._spread(step) if step.key not in self._why else ""
                if why:
                    self._why[step.key] = why
            for step in reversed(self._kept):
                if step.key in self._why:
                    self._add_makers(step)

    def running(self, keys: AbstractSet[StepKey]) -> dict[StepKey, str]:
        """Return which of some steps run again, each with why."""
        return {key: why for key, why in self._why.items() if key in keys}

    def decided(self, step: PlannedStep) -> PlannedStep:
        """Return the step with its verdict."""
        if step.key in self._why:
            return replace(step, reason=f"{self._why[step.key]} {step.reason}".strip())
        if self._is_reusable(step):
            return replace(step, verdict=Verdict.REUSE, reason=self._reused_reason(step))
        return PlannedStep(
            key=step.key,
            block=step.block,
            op=step.op,
            verdict=Verdict.OMIT,
            reason=f"Not asked for: it {self._ending(step.key)}.",
        )

    def reuse(self, step: PlannedStep) -> Reuse:
        """Return what a step that is reused stands for."""
        earlier = self._earlier[step.key]
        return Reuse(
            step_key=step.key,
            from_run_id=earlier.from_run_id,
            changed=bool(self._changes(step)),
            skipped=earlier.state is StepState.SKIPPED,
        )

    # What runs.

    def _expanded_anew(self, step: PlannedStep) -> str:
        """Say that the fan-out that a step is mapped over runs again, "" if none does."""
        over = {each.step_key for each in step.mapped_over}
        again = sorted(over.intersection(self._fan_outs.keys() | self._why.keys()))
        return f"Mapped over {named(again)}, which {runs(again)} again." if again else ""

    def _unfinished(self, step: PlannedStep) -> str:
        earlier = self._earlier.get(step.key)
        if earlier is None or earlier.state not in (StepState.SUCCEEDED, StepState.SKIPPED):
            return f"{capital(self._ending(step.key))}."
        if earlier.state is StepState.SUCCEEDED:
            found = self._joining.union(earlier.asset_keys)
            unmade = [
                asset.asset_key
                for output in step.outputs
                if output.selected and output.name not in self._left_out[step.key]
                for asset in output.assets
                if asset.selected and asset.asset_key not in found
            ]
            if unmade:
                lost = {out.name for out in step.outputs}.intersection(earlier.lost_outputs)
                how = "is stored no more" if lost else f"was not made in {self._parent}"
                return f"{named(unmade)} {how}."
        return ""

    def _joins_anew(self, key: StepKey) -> bool:
        earlier = self._earlier.get(key)
        ran = earlier is not None and earlier.state is not StepState.NOT_RUN
        return key in self._joined and not ran

    def _below(self, step: PlannedStep) -> str:
        above = sorted(key for key in self._sources[step.key] if key in self._why)
        return f"Below {named(above)}, which {runs(above)} again." if above else ""

    def _spread(self, step: PlannedStep) -> str:
        """Say why a step that nobody asked for runs all the same."""
        earlier = self._earlier.get(step.key)
        if earlier is None:
            return ""
        if earlier.state is StepState.SKIPPED:
            from_failure = self._asked.kind is ReexecutionKind.FROM_FAILURE
            if from_failure and not self._is_reusable(step):
                return f"Was skipped in {self._parent}, and what it reads is not the same now."
            return ""
        if self._asked.rerun_changed and earlier.state is StepState.SUCCEEDED:
            changes = self._changes(step)
            return f"{capital('; '.join(changes))}." if changes else ""
        return ""

    def _add_makers(self, reader: PlannedStep) -> None:
        for planned, source in _read(reader):
            made = source.step_output
            if made is None or made.step_key in self._why:
                continue
            output = made.output
            if made.mapping_key != UNKNOWN:
                output = element(output, made.mapping_key)
            lack = self._lack(made.step_key, output, by_value=not planned.nothing)
            if lack:
                self._why[made.step_key] = f"{reader.key} reads its output {output}, {lack}."

    def _lack(self, key: StepKey, output: str, *, by_value: bool) -> str:
        """Say why an output cannot be read, "" when it can, or was left out on purpose."""
        earlier = self._earlier.get(key)
        if earlier is not None and earlier.state is StepState.SKIPPED:
            if key in self._skipped:
                return ""
        elif earlier is not None and earlier.state is StepState.SUCCEEDED:
            if output in self._left_out[key]:
                return ""
            if output in self._stored[key]:
                return self._unreadable(earlier, output) if by_value else ""
            if output in earlier.lost_outputs:
                lost = f"which run {earlier.from_run_id} yielded and of which nothing is stored"
                return lost if by_value else ""
            gone = self._gone_outputs(earlier)
            if gone:
                return f"which {self._parent} did not produce; it has no output {gone} any more"
        return f"which {self._parent} did not produce"

    def _unreadable(self, earlier: EarlierStep, output: str) -> str:
        """Say that the manager that stored an output, and alone can load it, is gone."""
        manager = earlier.by_name.get(output, "")
        block = earlier.key.partition(".")[0]
        if not manager or manager in self._index.resources[block]:
            return ""
        return f"which run {earlier.from_run_id} stored with {manager}, a resource that is gone"

    # What is reused.

    def _is_reusable(self, step: PlannedStep) -> bool:
        earlier = self._earlier.get(step.key)
        if step.key in self._why or earlier is None:
            return False
        return earlier.state is StepState.SUCCEEDED or step.key in self._skipped

    def _skipped_again(self) -> frozenset[StepKey]:
        """Return the steps that were skipped and are again: all that they read is as it was."""
        found: set[StepKey] = set()
        reused: set[StepKey] = set()
        for step in self._kept:
            earlier = self._earlier.get(step.key)
            if earlier is None or step.key in self._why:
                continue
            is_as_before = self._sources[step.key] <= reused and not self._rewired(step, earlier)
            if earlier.state is StepState.SKIPPED and is_as_before:
                found.add(step.key)
            if earlier.state is StepState.SUCCEEDED or step.key in found:
                reused.add(step.key)
        return frozenset(found)

    def _reused_reason(self, step: PlannedStep) -> str:
        earlier = self._earlier[step.key]
        if earlier.state is StepState.SKIPPED:
            return f"Was skipped in run {earlier.from_run_id}, and what it reads is the same."
        changes = self._changes(step)
        though = f", though {'; '.join(changes)}" if changes else ""
        return f"From run {earlier.from_run_id}{though}."

    def _changes(self, step: PlannedStep) -> list[str]:
        """Say what is not as it was when a step's values were made."""
        earlier = self._earlier[step.key]
        changes = []
        now = self._op_digest(step.key)
        if earlier.op_digest and now and earlier.op_digest != now:
            changes.append("its code changed since")
        told = earlier.config
        if (told is not None and encode(told) != encode(step.config)) or (
            earlier.told_inputs is not None
            and encode(earlier.told_inputs) != encode(step.told_inputs)
        ):
            changes.append("its config is another now")
        gone = self._gone_outputs(earlier)
        if gone:
            changes.append(f"it has no output {gone} any more")
        if self._rewired(step, earlier):
            changes.append("it reads something else now")
        above = self._sources[step.key]
        again = sorted(key for key in above if key in self._why)
        if again:
            changes.append(f"it reads {named(again)}, which {runs(again)} again")
        renewed = [
            *sorted(above.intersection(earlier.renewed_step_keys).difference(again)),
            *sorted(_loaded(step).intersection(earlier.renewed_asset_keys)),
        ]
        if renewed:
            changes.append(f"what it read of {named(renewed)} was made again since")
        return changes

    def _gone_outputs(self, earlier: EarlierStep) -> str:
        """Name the outputs that the earlier run had of the step and that its op has no more."""
        now = {output.name for output in self._index.wiring.steps[unexpanded(earlier.key)].outputs}
        outputs = (each.partition("[")[0] for each in earlier.stored_outputs)
        lost = (each.partition("[")[0] for each in earlier.lost_outputs)
        return named(sorted({*outputs, *lost} - now))

    def _op_digest(self, key: StepKey) -> str:
        node = self._index.wiring.steps[unexpanded(key)].node
        return self._index.snapshot.manifest.ops.get(node, "")

    def _rewired(self, step: PlannedStep, earlier: EarlierStep) -> bool:
        before: dict[str, list[tuple[str, str]]] = {}
        for read in earlier.reads:
            for source in read.sources:
                _add_place(before, read.input, source)
        now: dict[str, list[tuple[str, str]]] = {}
        for planned, source in _read(step):
            _add_place(now, planned.name, source)
        return before != now

    def _ending(self, key: StepKey) -> str:
        earlier = self._earlier.get(key)
        if earlier is None:
            return f"is new: {self._parent} had no such step"
        return f"{ENDINGS[earlier.state]} {self._parent}"


def _read(step: PlannedStep) -> Iterator[tuple[PlannedInput, PlannedSource]]:
    for planned in step.inputs:
        if not planned.not_needed:
            for source in planned.sources:
                yield planned, source


def _add_place(found: dict[str, list[tuple[str, str]]], name: str, source: PlannedSource) -> None:
    """Add what an input reads; not how many elements of a fan-out, of which there may be none."""
    made = source.step_output
    if made is None or not (made.collected or made.mapping_key or "[" in made.step_key):
        found.setdefault(name, []).append(_where(source))


def _where(source: PlannedSource) -> tuple[str, str]:
    if source.step_output is not None:
        return source.step_output.step_key, source.step_output.output
    return "", source.load_asset_key or ""


def _loaded(step: PlannedStep) -> frozenset[str]:
    keys = (source.load_asset_key for _, source in _read(step))
    return frozenset(key for key in keys if key is not None)
