"""Random modules from their text to a plan, in this process, against a model of all of it."""

from __future__ import annotations

import random
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import assume, event, given, note
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.model.flattened import facts_of, flattened
from tests.model.module_text import module_text
from tests.model.modules import ModuleSpec
from tests.model.outcomes import accepted, outcome_of, request_of
from tests.model.random_modules import random_module
from tests.model.reordered import reinvoked, reordered
from tests.model.rules import Asked, outcome, partial_blocks
from treadle.locations.location import build_location, definitions_of
from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import Selection, Siblings, UnselectedOutputs
from treadle_planner import PlanRefused, plan

_SIZES = st.integers(1, 12)
_SEEDS = st.integers(0, 2**64)


def loaded(spec: ModuleSpec) -> Snapshot:
    """Run the module's text and return its snapshot, without the lines that it came from."""
    text = module_text(spec)
    note(text)
    module = ModuleType("random_module")
    module.__file__ = "/code/random_module.py"
    exec(compile(text, module.__file__, "exec"), vars(module))  # noqa: S102 -- the test's own text
    found = build_location([("random_module", definitions_of(module))]).snapshot
    return replace(
        found,
        blocks=tuple(replace(block, source=None) for block in found.blocks),
        steps=tuple(replace(step, source=None) for step in found.steps),
        assets=tuple(replace(asset, source=None) for asset in found.assets),
        warnings=(),
    )


def asked_of(snapshot: Snapshot, seed: int) -> Asked:
    """Draw a selection and options."""
    rng = random.Random(seed)
    keys = [asset.key for asset in snapshot.assets if not asset.is_external]
    return Asked(
        keys=frozenset(rng.sample(keys, rng.randint(1, min(3, len(keys))))),
        siblings=rng.choice((None, None, *Siblings)),
        unselected_outputs=rng.choice((None, None, *UnselectedOutputs)),
        missing=frozenset(key for key in keys if rng.random() < rng.choice((0, 0.5, 1))),
    )


@examples(60)
@given(size=_SIZES, seed=_SEEDS)
def test_wiring_step_keys_and_lineage_are_what_the_model_says(size: int, seed: int) -> None:
    spec = random_module(size, seed)

    snapshot = loaded(spec)

    assert facts_of(snapshot) == facts_of(flattened(spec).snapshot)
    event(f"nested: {any('.' in step.key.partition('.')[2] for step in snapshot.steps)}")
    event(f"repeated: {any(step.key[-2:] == '_2' for step in snapshot.steps)}")
    event(f"fan-in: {any(each.fan_in for step in snapshot.steps for each in step.inputs)}")
    outputs = [output for step in snapshot.steps for output in step.outputs]
    event(f"two assets of one output: {any(len(each.asset_keys) > 1 for each in outputs)}")


@examples(80)
@given(size=_SIZES, seed=_SEEDS)
def test_a_plan_is_what_the_model_says(size: int, seed: int) -> None:
    spec = random_module(size, seed)
    modelled = flattened(spec).snapshot
    asked = accepted(modelled, asked_of(modelled, seed))

    made = plan(loaded(spec), request_of(asked))

    assert outcome_of(made) == outcome(modelled, asked)
    event(f"hazards: {bool(made.hazards)}, loads: {bool(made.loads)}")


@examples(30)
@given(size=_SIZES, seed=_SEEDS)
def test_a_block_that_is_asked_for_in_part_is_refused_with_what_is_accepted(
    size: int, seed: int
) -> None:
    spec = random_module(size, seed)
    modelled = flattened(spec).snapshot
    asked = asked_of(modelled, seed)
    wanting = partial_blocks(modelled, asked.keys)
    assume(wanting)
    snapshot = loaded(spec)

    with pytest.raises(PlanRefused) as refused:
        plan(snapshot, request_of(asked))

    assert set(refused.value.names) == wanting
    made = plan(snapshot, PlanRequest(selection=Selection(expressions=(refused.value.smallest,))))
    assert frozenset(made.selected_asset_keys) == accepted(modelled, asked).keys


@examples(40)
@given(size=_SIZES, seed=_SEEDS)
def test_assets_of_other_node_names_change_no_step_and_no_plan(size: int, seed: int) -> None:
    spec = random_module(size, seed)
    before = loaded(spec)
    request = request_of(accepted(before, asked_of(before, seed)))
    others = random_module(6, seed + 1, prefix="z", above=spec)

    after = loaded(spec.joined(others))

    assert [step for step in after.steps if step in before.steps] == list(before.steps)
    assert [asset for asset in after.assets if asset in before.assets] == list(before.assets)
    assert plan(after, request) == plan(before, request)


@examples(30)
@given(size=_SIZES, seed=_SEEDS)
def test_the_order_of_definitions_changes_nothing(size: int, seed: int) -> None:
    spec = random_module(size, seed)
    before = loaded(spec)

    after = loaded(reordered(spec, seed))

    assert after == before


@examples(30)
@given(size=_SIZES, seed=_SEEDS)
def test_the_order_in_which_ops_are_invoked_once_changes_nothing(size: int, seed: int) -> None:
    spec = random_module(size, seed)
    before = loaded(spec)
    request = request_of(accepted(before, asked_of(before, seed)))
    other = reinvoked(spec, seed)
    event(f"another order: {other != spec}")

    after = loaded(other)

    assert after == before
    assert plan(after, request) == plan(before, request)
