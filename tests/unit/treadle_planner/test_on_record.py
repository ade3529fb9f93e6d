"""Plans that can run as they are: what is asked of the record, and what comes of each answer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.model.build import Made, graph, location, op, single
from tests.model.examples import examples
from tests.model.flattened import flattened
from tests.model.outcomes import outcome_of
from tests.model.plans import loads, reads, runs
from tests.model.random_modules import random_module
from tests.model.rules import Asked
from tests.model.values import refusal, resolved
from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import AssetFact, PlanRequest
from treadle_contract.ids import KeyText
from treadle_contract.plan import PlanOptions, Selection, UnrecordedLoads, UnselectedOutputs
from treadle_planner import Planner, PlanRefused, Question, RefusalReason, Settled, Told

TRY = PlanOptions(unrecorded_loads=UnrecordedLoads.TRY)


class Launcher:
    """Answers from a record: `gone` values were made and cannot be read."""

    def __init__(
        self,
        stored: Iterable[str] = (),
        gone: Mapping[str, str] | None = None,
        owners: Mapping[str, str] | None = None,
    ) -> None:
        self.stored = set(stored)
        self.gone = gone or {}
        self.owners = owners or {}
        self.asked: list[Question] = []

    def settles(
        self,
        snapshot: Snapshot,
        *selection: str,
        elsewhere: Iterable[str] = (),
        options: PlanOptions | None = None,
    ) -> Settled:
        request = PlanRequest(selection=Selection(expressions=selection), options=options)
        talk = Planner(snapshot).on_record(request, map(KeyText, elsewhere))
        try:
            question = next(talk)
            while True:
                self.asked.append(question)
                asked = (*question.recorded, *question.owned)
                question = talk.send(Told(facts=tuple(map(self._fact, asked))))
        except StopIteration as end:
            settled: Settled = end.value
            return settled

    def _fact(self, key: KeyText) -> AssetFact:
        is_recorded = key in self.stored or key in self.gone
        return AssetFact(
            asset_key=key,
            recorded=is_recorded,
            gone=self.gone.get(key, ""),
            owner=self.owners.get(key, ""),
        )


def chain(length: int) -> Made:
    """One block, each of whose assets is made from the one before."""
    steps = {
        f"s{n}": op({"x": f"s{n - 1}.result"} if n else {}, f"result -> a{n}")
        for n in range(length)
    }
    return graph("g", steps, can_subset=True)


def test_a_plan_that_loads_nothing_asks_nothing() -> None:
    launcher = Launcher()

    settled = launcher.settles(location(chain(3)))

    assert launcher.asked == []
    assert settled.refused == ()


def test_what_is_stored_is_loaded_after_one_question() -> None:
    launcher = Launcher(stored=["a1"])

    settled = launcher.settles(location(chain(3)), "a2")

    assert launcher.asked == [Question(recorded=(KeyText("a1"),))]
    assert loads(settled.plan) == {"a1": ["g.s2.x"]}


def test_siblings_that_were_never_made_run_after_two_questions_however_many_they_are() -> None:
    launcher = Launcher(stored=["a1"])

    settled = launcher.settles(location(chain(40)), "a39")

    assert len(launcher.asked) == 2
    assert len(runs(settled.plan)) == 38
    assert loads(settled.plan) == {"a1": ["g.s2.x"]}
    assert len(settled.plan.missing_asset_keys) == 37


def test_a_sibling_whose_value_cannot_be_read_runs_and_the_reason_says_why() -> None:
    launcher = Launcher(stored=["a0"], gone={"a1": "it burnt"})

    settled = launcher.settles(location(chain(3)), "a2")

    assert loads(settled.plan) == {"a0": ["g.s1.x"]}
    assert "it burnt" in next(step.reason for step in settled.plan.steps if step.key == "g.s1")


def test_what_another_location_owns_is_left_out_and_said() -> None:
    launcher = Launcher(stored=["a1"])

    settled = launcher.settles(location(chain(3)), elsewhere=["a1"])

    assert settled.plan.selected_asset_keys == ("a0", "a2")
    assert settled.plan.notes == ("Left out, because another location owns them: a1.",)
    assert reads(settled.plan, "g.s2", "x") == ["load a1"]


def test_what_another_location_owns_alone_is_refused() -> None:
    with pytest.raises(PlanRefused) as caught:
        Launcher().settles(location(chain(3)), "a1", elsewhere=["a1"])

    assert caught.value.reason is RefusalReason.EMPTY_SELECTION
    assert caught.value.names == ("a1",)
    assert "Another location owns a1" in caught.value.message


def test_a_sibling_of_another_location_is_never_run() -> None:
    with pytest.raises(PlanRefused) as caught:
        Launcher().settles(location(chain(3)), "a2", elsewhere=["a1"])

    assert (caught.value.reason, caught.value.names, caught.value.smallest) == (
        RefusalReason.NEVER_MATERIALIZED,
        ("a1",),
        "",
    )


def test_outputs_that_would_make_what_another_location_owns_are_discarded() -> None:
    both = graph("g", {"s": op({}, "one -> a", "two -> b")}, can_subset=True)

    settled = Launcher().settles(location(both), "b", elsewhere=["a"])

    assert settled.options.unselected_outputs is UnselectedOutputs.DISCARD
    assert settled.plan.hazards[0].unselected_outputs is UnselectedOutputs.DISCARD
    assert "would make: a." in settled.plan.notes[0]


@pytest.fixture
def reading() -> Snapshot:
    """Assets of blocks of their own, each read by the next."""
    return location(
        single("base", op({}, "result -> base")),
        single("middle", op({"base": "@base"}, "result -> middle")),
        single("top", op({"middle": "@middle", "x": "@x"}, "result -> top")),
        external=("x",),
    )


def test_a_load_that_nothing_answers_is_refused_with_the_smallest_that_makes_it(
    reading: Snapshot,
) -> None:
    launcher = Launcher(stored=["x"])

    with pytest.raises(PlanRefused) as caught:
        launcher.settles(reading, "top")

    assert caught.value.reason is RefusalReason.NEVER_MATERIALIZED
    assert caught.value.names == ("middle",)
    assert caught.value.smallest == "top or middle or base"
    assert launcher.settles(reading, caught.value.smallest).refused == ()


def test_what_nothing_here_makes_is_asked_about_and_told(reading: Snapshot) -> None:
    launcher = Launcher(stored=["middle"], owners={"x": "north"})

    with pytest.raises(PlanRefused, match="Location north makes x") as caught:
        launcher.settles(reading, "top")

    assert caught.value.smallest == ""
    assert launcher.asked[-1] == Question(owned=(KeyText("x"),))


def test_unrecorded_loads_are_tried_if_that_is_chosen(reading: Snapshot) -> None:
    settled = Launcher().settles(reading, "top", options=TRY)

    assert [load.asset_key for load in settled.refused] == ["middle", "x"]


def test_the_smallest_that_a_refused_part_of_a_block_is_offered_is_accepted_on_the_record() -> None:
    whole = graph(
        "g", {"s": op({}, "one -> a"), "t": op({"base": "@base"}, "two -> b")}, can_subset=False
    )
    snapshot = location(single("base", op({}, "result -> base")), whole)

    with pytest.raises(PlanRefused) as caught:
        Launcher().settles(snapshot, "a")
    with pytest.raises(PlanRefused) as owned:
        Launcher().settles(snapshot, "a", elsewhere=["b"])

    assert caught.value.reason is RefusalReason.PARTIAL_BLOCK
    assert caught.value.smallest == "a or b or base"
    assert Launcher().settles(snapshot, caught.value.smallest).refused == ()
    assert (owned.value.reason, owned.value.smallest) == (RefusalReason.PARTIAL_BLOCK, "")


def test_what_a_step_that_runs_by_then_makes_unasked_is_read_from_it_though_it_was_never_made() -> (
    None
):
    steps = {
        "s1": op({}, "result -> a"),
        "s2": op({"x": "s1.result"}, "p -> p", "q"),
        "s3": op({"q": "s2.q"}, "result -> b"),
        "s4": op({"p": "s2.p"}, "result -> c"),
        "s5": op({"b": "s3.result", "c": "s4.result"}, "result -> d"),
    }

    settled = Launcher().settles(location(graph("g", steps, can_subset=True)), "d")

    # s2 runs for b, and makes p, before it is known that what reads p runs as well.
    assert settled.plan.missing_asset_keys == ("a", "b", "c")
    assert [hazard.asset_keys for hazard in settled.plan.hazards] == [("p",)]
    assert reads(settled.plan, "g.s4", "p") == ["g.s2.p as p"]


@examples(60)
@given(size=st.integers(1, 12), seed=st.integers(0, 2**64))
@example(size=7, seed=241002269448580288)
def test_a_plan_on_any_record_is_what_the_model_says(size: int, seed: int) -> None:
    rng = random.Random(seed)
    snapshot = flattened(random_module(size, seed)).snapshot
    keys = [asset.key for asset in snapshot.assets if not asset.is_external]
    asked = Asked(
        keys=frozenset(rng.sample(keys, rng.randint(1, len(keys)))),
        unselected_outputs=rng.choice((None, *UnselectedOutputs)),
    )
    stored = {asset.key for asset in snapshot.assets if rng.random() < 0.3}
    recorded = {key: KeyText("") for key in stored}
    assume(refusal(snapshot, asked, recorded, tries=False) is None)
    options = PlanOptions(unselected_outputs=asked.unselected_outputs)

    settled = Launcher(stored).settles(snapshot, *sorted(asked.keys), options=options)

    assert outcome_of(settled.plan) == resolved(snapshot, asked, recorded)
