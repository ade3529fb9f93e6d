from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, event, given, settings

from tests.model.build import graph, op, single
from tests.model.locations import Drawn, locations
from tests.model.rules import Asked, Outcome, Read, outcome, partial_blocks
from treadle.selection import Key
from treadle.snapshot import Snapshot, UnselectedOutputs
from treadle.wiring import Wiring
from treadle_planner import (
    Plan,
    PlannedSource,
    PlanRefused,
    PlanRequest,
    RefusalReason,
    Verdict,
    plan,
)

_SETTINGS = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much],
)


def request_of(asked: Asked) -> PlanRequest:
    return PlanRequest(
        selection=tuple(str(Key(key=key)) for key in sorted(asked.keys)),
        siblings=asked.siblings,
        unselected_outputs=asked.unselected_outputs,
        missing=asked.missing,
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
        return ("step", made.step_key, made.output, source.asset_key or "")
    assert source.load_asset_key is not None
    assert source.asset_key == source.load_asset_key
    return ("load", source.load_asset_key)


@settings(_SETTINGS, max_examples=1500)
@given(drawn=locations())
def test_plan_says_what_the_model_says(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    asked = accepted(snapshot, drawn.asked)

    made = plan(snapshot, request_of(asked))

    assert outcome_of(made) == outcome(snapshot, asked)
    _report(made)


@_SETTINGS
@given(drawn=locations())
def test_steps_are_all_there_in_order_with_ties_by_key(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    asked = accepted(snapshot, drawn.asked)

    made = plan(snapshot, request_of(asked))

    blocks = {asset.block for asset in snapshot.assets if asset.key in asked.keys}
    wiring = Wiring.of(snapshot)
    waiting = {step.key: wiring.step_needs(step) for step in snapshot.steps if step.block in blocks}
    for step in made.steps:
        assert step.key == min(key for key in waiting if not waiting[key] & waiting.keys())
        del waiting[step.key]
    assert not waiting


@_SETTINGS
@given(drawn=locations())
def test_what_is_partly_asked_for_is_refused_with_a_selection_that_is_accepted(
    drawn: Drawn,
) -> None:
    snapshot = drawn.snapshot()
    asked = drawn.asked
    wanting = partial_blocks(snapshot, asked.keys)
    assume(wanting)

    with pytest.raises(PlanRefused) as refused:
        plan(snapshot, request_of(asked))

    assert refused.value.reason is RefusalReason.PARTIAL_BLOCK
    assert set(refused.value.names) == wanting
    made = plan(snapshot, PlanRequest(selection=(refused.value.smallest,)))
    assert frozenset(made.selected_asset_keys) == accepted(snapshot, asked).keys


@_SETTINGS
@given(drawn=locations())
def test_blocks_that_nothing_selected_reads_change_no_plan(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    request = request_of(accepted(snapshot, drawn.asked))
    keys = [asset.key for asset in snapshot.assets]
    above_all = single("aaa", op({"x": f"@{keys[0]}", "~": [f"@{keys[-1]}"]}, "r -> aa/new"))
    below_all = graph("zzz", {"one": op({}, "r"), "two": op({"x": "one.r"}, "r -> zz/new")})

    made = plan(drawn.snapshot(above_all, below_all), request)

    assert made == plan(snapshot, request)


@_SETTINGS
@given(drawn=locations())
def test_definitions_in_another_order_change_no_plan(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    request = request_of(accepted(snapshot, drawn.asked))

    made = plan(replace(snapshot, steps=snapshot.steps[::-1]), request)

    assert made == plan(snapshot, request)


def _report(made: Plan) -> None:
    running = [step for step in made.steps if step.verdict is Verdict.RUN]
    modes = {hazard.unselected_outputs.value for hazard in made.hazards}
    event(f"hazards: {', '.join(sorted(modes)) or 'none'}")
    event(f"loads: {bool(made.loads)}, of siblings: {any(load.sibling for load in made.loads)}")
    event(f"siblings that were never stored run: {bool(made.missing_asset_keys)}")
    event(f"effects run: {any('effect' in step.reason for step in running)}")
    event(f"not needed: {any(each.not_needed for step in running for each in step.inputs)}")
