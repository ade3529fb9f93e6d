"""What is asked of the planner, and its plans, in the words of `rules`."""

from __future__ import annotations

from dataclasses import replace

from tests.model.rules import Asked, Outcome, Read, partial_blocks
from treadle.locations.snapshot import Snapshot
from treadle.selection import Key
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import PlannedSource, PlanOptions, Selection, UnselectedOutputs, Verdict
from treadle_planner import Plan


def request_of(asked: Asked) -> PlanRequest:
    """Return what asks the planner for it."""
    return PlanRequest(
        selection=Selection(expressions=tuple(str(Key(key=key)) for key in sorted(asked.keys))),
        options=PlanOptions(siblings=asked.siblings, unselected_outputs=asked.unselected_outputs),
        missing_asset_keys=tuple(sorted(asked.missing)),
        joining_asset_keys=tuple(sorted(asked.joining)),
    )


def accepted(snapshot: Snapshot, asked: Asked) -> Asked:
    """Widen what is asked until it is whole where it must be."""
    wanting = partial_blocks(snapshot, asked.keys)
    whole = (block.asset_keys for block in snapshot.blocks if block.name in wanting)
    return replace(asked, keys=asked.keys.union(*whole))


def outcome_of(made: Plan) -> Outcome:
    """Take from a plan what the model says."""
    running = [step for step in made.steps if step.verdict is Verdict.RUN]
    outputs = [(step, output) for step in running for output in step.outputs]
    return Outcome(
        runs=frozenset(step.key for step in running),
        selected=frozenset((step.key, output.name) for step, output in outputs if output.selected),
        reads={
            (step.key, position): tuple(map(_read, each.sources))
            for step in running
            for position, each in enumerate(step.inputs)
        },
        not_needed=frozenset(
            (step.key, position)
            for step in running
            for position, each in enumerate(step.inputs)
            if each.not_needed
        ),
        needed_by={
            (step.key, position): frozenset(each.needed_by)
            for step in running
            for position, each in enumerate(step.inputs)
            if each.needed_by
        },
        loads={
            load.asset_key: frozenset(reader.step_key for reader in load.readers)
            for load in made.loads
        },
        hazards=frozenset((hazard.step_key, hazard.output) for hazard in made.hazards),
        missing=frozenset(made.missing_asset_keys),
        written=frozenset(
            asset.asset_key for _, output in outputs for asset in output.assets if asset.selected
        ),
        unexpected=frozenset(
            key
            for hazard in made.hazards
            if hazard.unselected_outputs is UnselectedOutputs.MATERIALIZE
            for key in hazard.asset_keys
        ),
    )


def _read(source: PlannedSource) -> Read:
    if source.step_output is not None:
        made = source.step_output
        return ("step", made.step_key, made.output, source.asset_key)
    assert source.load_asset_key is not None
    assert source.asset_key == source.load_asset_key
    return ("load", source.load_asset_key)
