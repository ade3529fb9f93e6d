"""Of each op why it is in a plan or not: for what, by way of which, and what it reads unfollowed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

import treadle
from tests.model.build import graph, location, op, single
from tests.model.examples import examples
from tests.model.locations import Drawn, locations
from tests.model.outcomes import accepted, request_of
from treadle.locations.snapshot import Snapshot
from treadle.locations.wiring import Wiring
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import (
    ExplanationPart,
    OpExplanation,
    PlanOptions,
    Selection,
    Siblings,
    Verdict,
)
from treadle_planner import Asked, Planner, plan


def explained(snapshot: Snapshot, *selection: str, **asked: object) -> ExplanationPart:
    request = PlanRequest(selection=Selection(expressions=selection), **asked)
    return Planner(snapshot).explain(Asked.of(request))


def ops(said: ExplanationPart) -> dict[str, OpExplanation]:
    return {op.step_key: op for op in said.ops}


def needs(op: OpExplanation) -> list[str]:
    return [
        f"{each.asset_key or each.check or each.effect_step_key}: {' '.join(each.step_keys)}"
        for each in op.needed_for
    ]


@pytest.fixture
def seed() -> Snapshot:
    """The graph of the seed, an asset that reads one of its, an external one, and a graph with an effect."""
    return location(
        graph(
            "g",
            {
                "bar": op({}, "bar_1", "bar_2"),
                "foo": op({"bar_1": "bar.bar_1"}, "foo_1? -> foo_asset", "foo_2?"),
                "baz": op({"x": "foo.foo_2", "y": "bar.bar_2"}, "r -> baz_asset"),
            },
            can_subset=True,
        ),
        single("below", op({"foo": "@foo_asset", "far": "@far", "~o": "@baz_asset"}, "r -> below")),
        graph("e", {"make": op({}, "r -> e"), "tell": op({"x": "make.r"}, "done~")}),
        external=["far"],
    )


def test_an_op_says_for_what_it_is_needed_and_by_way_of_which(seed: Snapshot) -> None:
    found = ops(explained(seed, "baz_asset"))

    assert needs(found["g.bar"]) == ["baz_asset: g.bar g.baz"]
    assert needs(found["g.foo"]) == ["baz_asset: g.foo g.baz"]
    assert needs(found["g.baz"]) == ["baz_asset: g.baz"]
    assert needs(found["below"]) == []
    assert found["below"].verdict is Verdict.OMIT
    assert found["below"].reason == "Not needed: below is not selected."


def test_an_op_that_does_not_run_says_what_it_leads_to(seed: Snapshot) -> None:
    found = ops(explained(seed, "foo_asset"))

    assert found["g.baz"].leads_to_asset_keys == ("baz_asset",)
    assert found["g.bar"].leads_to_asset_keys == ()
    assert ops(explained(seed, "below"))["g.bar"].leads_to_asset_keys == ("baz_asset", "foo_asset")


def test_what_is_read_and_not_followed_is_said_with_why(seed: Snapshot) -> None:
    left = {each.input: each for each in ops(explained(seed, "below"))["below"].not_followed}

    assert left["foo"].source == "foo_asset"
    assert "stored value is loaded" in left["foo"].reason
    assert "Nothing here makes far" in left["far"].reason
    assert "only orders" in left["o"].reason
    both = ops(explained(seed, "below or foo_asset or baz_asset"))["below"]
    assert [each.input for each in both.not_followed] == ["far"]


def test_an_effect_is_what_it_is_needed_for_itself(seed: Snapshot) -> None:
    found = ops(explained(seed, "e"))

    assert needs(found["e.tell"]) == ["e.tell: e.tell"]
    assert needs(found["e.make"]) == ["e: e.make"]


def test_siblings_that_run_for_want_of_a_value_or_by_choice_say_what_for() -> None:
    snapshot = location(
        graph("g", {"x": op({}, "p -> a"), "y": op({"p": "x.p"}, "q -> b")}, can_subset=True)
    )

    loaded = ops(explained(snapshot, "b"))
    assert loaded["g.x"].verdict is Verdict.OMIT
    assert "of the same block" in loaded["g.y"].not_followed[0].reason
    for asked in (
        {"missing_asset_keys": ("a",)},
        {"options": PlanOptions(siblings=Siblings.RUN)},
    ):
        rerun = ops(explained(snapshot, "b", **asked))
        assert needs(rerun["g.x"]) == ["b: g.x g.y"]
        assert rerun["g.y"].not_followed == ()


def test_what_is_made_unasked_and_read_is_said_so() -> None:
    snapshot = location(
        graph("g", {"x": op({}, "p -> a", "q -> b")}, can_subset=True),
        single("r", op({"a": "@a"}, "r -> r")),
    )

    said = explained(snapshot, "b or r")

    (left,) = ops(said)["r"].not_followed
    assert (
        left.reason
        == "a is not selected, but g.x yields it all the same, and what it yields is read."
    )
    assert [hazard.output for hazard in said.hazards] == ["p"]
    assert needs(ops(said)["g.x"]) == ["b: g.x"]


def test_a_long_way_is_told_by_its_beginning_and_its_length() -> None:
    steps = {"s0": op({}, "r")}
    for number in range(1, 80):
        output = "r -> end" if number == 79 else "r"
        steps[f"s{number}"] = op({"x": f"s{number - 1}.r"}, output)

    (need,) = ops(explained(location(graph("g", steps)), "end"))["g.s0"].needed_for

    assert len(need.step_keys) == 50
    assert need.step_count == 80


def test_an_op_of_a_job_is_needed_for_the_job() -> None:
    @treadle.op
    def one() -> int:
        return 1

    @treadle.op
    def two(one: int) -> None: ...

    @treadle.job
    def nightly():
        two(one())

    snapshot = treadle.Definitions(jobs=[nightly]).built.snapshot

    found = ops(explained(snapshot, "block:nightly"))

    assert [(n.job, n.step_keys) for n in found["nightly.one"].needed_for] == [
        ("nightly", ("nightly.one", "nightly.two"))
    ]
    assert [n.job for n in found["nightly.two"].needed_for] == ["nightly"]


@examples(60)
@given(drawn=locations())
def test_whatever_runs_leads_to_what_was_asked_for(drawn: Drawn) -> None:
    snapshot = drawn.snapshot()
    request = request_of(accepted(snapshot, drawn.asked))
    made, said = plan(snapshot, request), Planner(snapshot).explain(Asked.of(request))
    wiring = Wiring.of(snapshot)
    running = {step.key for step in made.steps if step.verdict is Verdict.RUN}

    assert said.header is not None
    assert said.header.fingerprint == made.fingerprint
    assert {op.step_key for op in said.ops if op.verdict is Verdict.RUN} == running
    assert [op.step_key for op in said.ops] == [step.key for step in snapshot.steps]
    for each in said.ops:
        assert bool(each.needed_for) is (each.step_key in running)
        for need in each.needed_for:
            assert need.step_keys[0] == each.step_key
            assert running.issuperset(need.step_keys)
            assert all(a in wiring.step_needs(wiring.steps[b]) for a, b in pairwise(need.step_keys))
            if need.asset_key:
                assert need.asset_key in made.selected_asset_keys
                ref = wiring.producer(need.asset_key)
                assert ref is not None
                assert ref.step_key == need.step_keys[-1]
