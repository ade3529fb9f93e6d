from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.model.build import graph, op, single
from tests.model.examples import examples
from tests.model.locations import Drawn, locations
from tests.model.outcomes import accepted, outcome_of, request_of
from tests.model.rules import Asked, outcome, partial_blocks
from treadle.locations.wiring import Wiring
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import Selection, Verdict
from treadle_planner import Plan, Planner, PlanRefused, RefusalReason, plan


@examples(300)
@given(drawn=locations())
def test_plan_says_what_the_model_says(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    asked = accepted(snapshot, drawn.asked)

    made = plan(snapshot, request_of(asked))

    assert outcome_of(made) == outcome(snapshot, asked)
    _report(made, asked)


@examples(100)
@given(drawn=locations())
def test_steps_are_all_there_in_order_with_ties_by_key(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    asked = accepted(snapshot, drawn.asked)

    made = plan(snapshot, request_of(asked))

    keys = asked.keys | asked.joining
    blocks = {asset.block for asset in snapshot.assets if asset.key in keys}
    wiring = Wiring.of(snapshot)
    waiting = {step.key: wiring.step_needs(step) for step in snapshot.steps if step.block in blocks}
    for step in made.steps:
        assert step.key == min(key for key in waiting if not waiting[key] & waiting.keys())
        del waiting[step.key]
    assert not waiting


@examples(100)
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
    made = plan(snapshot, PlanRequest(selection=Selection(expressions=(refused.value.smallest,))))
    assert frozenset(made.selected_asset_keys) == accepted(snapshot, asked).keys


@examples(100)
@given(drawn=locations())
def test_blocks_that_nothing_selected_reads_change_no_plan(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    request = request_of(accepted(snapshot, drawn.asked))
    keys = [asset.key for asset in snapshot.assets]
    above_all = single("aaa", op({"x": f"@{keys[0]}", "~": [f"@{keys[-1]}"]}, "r -> aa/new"))
    below_all = graph("zzz", {"one": op({}, "r"), "two": op({"x": "one.r"}, "r -> zz/new")})

    made = plan(drawn.snapshot(above_all, below_all), request)

    assert made == plan(snapshot, request)


@examples(100)
@given(drawn=locations())
def test_definitions_in_another_order_change_no_plan(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    request = request_of(accepted(snapshot, drawn.asked))

    made = plan(replace(snapshot, steps=snapshot.steps[::-1]), request)

    assert made == plan(snapshot, request)


@examples(150)
@given(drawn=locations(), seed=st.integers(0, 2**32))
def test_what_was_planned_before_changes_no_plan(drawn: Drawn, seed: int) -> None:
    snapshot, rng = drawn.snapshot(), random.Random(seed)
    keys = [asset.key for asset in snapshot.assets if not asset.is_external]
    asked = [drawn.asked]
    for _ in range(3):
        chosen = frozenset(rng.sample(keys, rng.randint(1, len(keys))))
        missing = frozenset(key for key in keys if rng.random() < rng.choice((0, 0.3)))
        asked.append(replace(drawn.asked, keys=chosen, missing=missing))
    requests = [request_of(accepted(snapshot, each)) for each in asked]
    planner = Planner(snapshot)

    for request in [*requests, *requests]:
        assert planner.plan(request) == plan(snapshot, request)


def _report(made: Plan, asked: Asked) -> None:
    running = [step for step in made.steps if step.verdict is Verdict.RUN]
    modes = {hazard.unselected_outputs.value for hazard in made.hazards}
    event(f"hazards: {', '.join(sorted(modes)) or 'none'}")
    event(f"loads: {bool(made.loads)}, of siblings: {any(load.sibling for load in made.loads)}")
    event(f"joined: {bool(set(made.selected_asset_keys) - asked.keys)}")
    event(f"siblings that were never stored run: {bool(made.missing_asset_keys)}")
    event(f"effects run: {any('effect' in step.reason for step in running)}")
    event(f"needed by some: {any(each.needed_by for step in running for each in step.inputs)}")
    event(f"not needed: {any(each.not_needed for step in running for each in step.inputs)}")
