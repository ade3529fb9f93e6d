"""What a code server is told while it plans, and that its plan is held to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.unit.treadle_launcher.planning.test_resolution import record
from treadle_contract.codeserver import AssetFact, EarlierStep, PlanQuestion
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import (
    Load,
    PlanHeader,
    PlannedAsset,
    PlannedOutput,
    PlannedStep,
    PlanOptions,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_launcher.planning.on_record import OnRecord
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_check import BadPlanError
from treadle_launcher.planning.resolution import told as told_of

A, B, C = KeyText("a"), KeyText("b"), KeyText("c")


class Latest:
    """The record: a was made, b was and is gone."""

    def __init__(self):
        self.asked = []

    async def of(self, keys):
        self.asked.append(list(keys))
        made = {A: record("a"), B: replace(record("b"), gone="it burnt")}
        return {key: made[key] for key in keys if key in made}


async def owners():
    return {"c": "north", "x": "south"}


class Successes:
    """The record: step s succeeded once."""

    def __init__(self):
        self.told = {}

    async def of(self, keys):
        return tuple(EarlierStep(key=key) for key in keys if key == "s")


def on_record(latest=None, conflicts=()):
    return OnRecord(latest or Latest(), frozenset(conflicts), owners, Successes())


def asking(*recorded, owned=()):
    return PlanQuestion(recorded_asset_keys=recorded, owned_asset_keys=owned)


def test_what_is_known_of_each_asset_is_told():
    told = asyncio.run(on_record().told(asking(A, B, C, owned=(C, A))))

    of_a, of_b = (told_of(key, record(key)) for key in "ab")
    assert of_a.version
    assert told.facts == (
        of_a,
        replace(of_b, gone="it burnt"),
        AssetFact(asset_key=C),
        AssetFact(asset_key=C, owner="north"),
    )


def test_an_asset_is_looked_up_once():
    latest = Latest()

    async def twice():
        talk = on_record(latest)
        return await talk.told(asking(A)), await talk.told(asking(A, C))

    first, second = asyncio.run(twice())

    assert latest.asked == [[A], [C]]
    assert second.facts[0] == first.facts[0]


def test_what_earlier_runs_made_of_steps_is_told():
    asked = PlanQuestion(step_keys=(StepKey("s"), StepKey("t")))

    told = asyncio.run(on_record().told(asked))

    assert [each.key for each in told.earlier_steps] == ["s"]


def test_what_others_own_is_told_with_its_owner():
    assert asyncio.run(on_record(conflicts=["c"]).elsewhere()) == (
        AssetFact(asset_key=C, owner="north"),
    )


def loading(key, **fields):
    return Load(asset_key=key, builtin_manager=True, io_manager_key="io_manager", **fields)


def making(key, *, selected=True):
    asset = PlannedAsset(asset_key=key, selected=selected, io_manager_key="m")
    return PlannedStep(
        key=StepKey("s"),
        verdict=Verdict.RUN,
        unselected_outputs=UnselectedOutputs.MATERIALIZE,
        outputs=(PlannedOutput(name="r", selected=selected, assets=(asset,)),),
    )


def checked(*, loads=(), steps=(), options=None):
    async def check():
        talk = on_record(conflicts=["c"])
        await talk.told(asking(A, B))
        header = PlanHeader(location="here", digest="d", fingerprint="f", options=options)
        talk.check(Plan(header=header, loads=loads, steps=steps))

    asyncio.run(check())


def test_a_plan_of_what_was_told_is_taken():
    checked(loads=(loading(A),), steps=(making(A),))
    tries = PlanOptions(unrecorded_loads=UnrecordedLoads.TRY)
    checked(loads=(loading(B),), options=tries)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"loads": (loading(C),)}, "loads[0].asset_key is 'c', and it was not asked"),
        ({"loads": (loading(A), loading(B))}, "loads[1].asset_key is 'b', and it was told"),
        ({"loads": (loading(B, sibling=True),)}, "nothing of it can be read"),
        ({"steps": (making(C),)}, "steps[0].outputs has 'c', and it was told that another"),
        ({"steps": (making(C, selected=False),)}, "steps[0].outputs has 'c'"),
    ],
)
def test_a_plan_of_something_else_is_refused(plan, said):
    with pytest.raises(BadPlanError) as caught:
        checked(**plan)

    assert said in str(caught.value)
