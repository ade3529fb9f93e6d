from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.model.build import graph, location, op, single
from tests.model.earlier import PARENT, again, asked, drawn, ran
from tests.model.examples import examples
from tests.model.locations import Drawn, locations
from tests.model.outcomes import accepted, request_of
from tests.model.plans import planned, step_of
from treadle.locations.snapshot import Manifest, Resource, Snapshot
from treadle_contract.codeserver import EarlierStep, PlanRequest
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import PlannedStep, ReexecutionKind, Selection, Verdict
from treadle_contract.run import StepState
from treadle_planner import Plan, PlanRefused, RefusalReason, plan
from treadle_planner._step_names import made_keys

STEPS, ALL = ReexecutionKind.STEPS, ReexecutionKind.ALL


@pytest.fixture
def chain() -> Snapshot:
    """A graph of four ops in a row, and an asset that reads what they make."""
    steps = {
        "a": op({}, "r"),
        "b": op({"x": "a.r"}, "r"),
        "c": op({"x": "b.r"}, "r"),
        "d": op({"x": "c.r"}, "r -> table"),
    }
    return location(graph("g", steps), single("report", op({"x": "@table"}, "r -> report")))


def verdicts(made: Plan) -> dict[str, str]:
    letters = {Verdict.RUN: "run", Verdict.REUSE: "reuse", Verdict.OMIT: "omit"}
    return {step.key: letters[step.verdict] for step in made.steps}


def running(made: Plan) -> list[str]:
    return [step.key for step in made.steps if step.verdict is Verdict.RUN]


def test_from_failure_runs_what_failed_and_all_below(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain), failed=["g.c"]))

    assert running(made) == ["g.c", "g.d", "report"]
    assert [reuse.step_key for reuse in made.reuses] == ["g.a", "g.b"]
    assert step_of(made, "g.b").reason == f"From run {PARENT}."
    assert step_of(made, "g.c").reason == f"Failed in run {PARENT}. Feeds g.d."


def test_a_lost_value_that_is_read_has_its_maker_run_and_no_further(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain), failed=["g.c"], lost={"g.b": ["r"], "g.a": []}))

    assert running(made) == ["g.b", "g.c", "g.d", "report"]
    assert "nothing is stored" in step_of(made, "g.b").reason


def test_a_lost_value_that_nothing_reads_runs_nothing(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain), failed=["g.c"], lost={"g.a": ["r"]}))

    assert running(made) == ["g.c", "g.d", "report"]


def test_an_asset_that_is_stored_no_more_is_made_again(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain), lost={"report": ["r"]}))

    assert running(made) == ["report"]
    assert step_of(made, "report").reason.startswith("report is stored no more.")


def test_an_output_that_was_never_produced_has_its_maker_run(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["g.c"])
    earlier[StepKey("g.b")] = replace(earlier[StepKey("g.b")], stored_outputs=("old",))

    made = again(chain, earlier)

    assert running(made) == ["g.b", "g.c", "g.d", "report"]
    assert step_of(made, "g.b").reason.startswith(
        f"g.c reads its output r, which run {PARENT} did not produce; it has no output old any"
        " more."
    )


def test_an_output_that_is_gone_is_said_of_what_is_reused(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["g.d"])
    outputs = ("old", "r")
    earlier[StepKey("g.a")] = replace(earlier[StepKey("g.a")], stored_outputs=outputs)

    made = again(chain, earlier)

    assert running(made) == ["g.d", "report"]
    assert step_of(made, "g.a").reason == (
        f"From run {PARENT}, though it has no output old any more."
    )


def test_a_value_whose_manager_is_gone_is_made_again_if_it_is_read(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["g.c"])
    for key in ("g.a", "g.b"):
        earlier[StepKey(key)] = replace(earlier[StepKey(key)], by_name={"r": "mine"})

    made = again(chain, earlier)
    there = again(replace(chain, resources=(Resource(key="mine", type_name="M"),)), earlier)

    assert running(made) == ["g.a", "g.b", "g.c", "g.d", "report"]
    assert step_of(made, "g.b").reason.startswith(
        f"g.c reads its output r, which run {PARENT} stored with mine, a resource that is gone."
    )
    assert running(there) == ["g.c", "g.d", "report"]


def test_steps_that_are_not_asked_for_and_never_succeeded_stay_out(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain), failed=["g.c"]), asked(STEPS, "g.a"))

    assert verdicts(made) == {
        "g.a": "run",
        "g.b": "reuse",
        "g.c": "omit",
        "g.d": "omit",
        "report": "omit",
    }
    assert step_of(made, "g.c").reason == f"Not asked for: it failed in run {PARENT}."
    assert step_of(made, "g.b").reason == (
        f"From run {PARENT}, though it reads g.a, which runs again."
    )
    assert [reuse.changed for reuse in made.reuses] == [True]


def test_a_step_that_is_asked_for_pulls_in_what_it_lacks(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain), failed=["g.b"]), asked(STEPS, "report"))

    assert running(made) == ["g.b", "g.c", "g.d", "report"]


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        (["g.b"], "g.b"),
        (["g.b+"], "g.b g.c g.d report"),
        (["+g.b"], "g.a g.b"),
        (["1+g.c+1"], "g.b g.c g.d"),
        (["table"], "g.d"),
        (["g"], "g.a g.b g.c g.d"),
        (["1+report"], "g.d report"),
        (["g.a", 'key:"report"'], "g.a report"),
        (["0+g.a+0"], "g.a"),
    ],
)
def test_expressions_name_steps_graphs_and_assets(
    chain: Snapshot, expressions: list[str], expected: str
) -> None:
    made = again(chain, ran(planned(chain)), asked(STEPS, *expressions))

    assert running(made) == expected.split()


@pytest.mark.parametrize("wrong", ["g.bb", "++g.b", "g.b*", "", "g.b++", "nothing of the kind"])
def test_what_names_no_step_is_refused(chain: Snapshot, wrong: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        again(chain, ran(planned(chain)), asked(STEPS, "g.a", wrong))

    assert refused.value.reason is RefusalReason.UNKNOWN_STEPS
    assert refused.value.names == (wrong,)


def test_no_expression_is_refused(chain: Snapshot) -> None:
    with pytest.raises(PlanRefused, match="Name the steps"):
        again(chain, ran(planned(chain)), asked(STEPS))


def test_all_runs_all_with_the_reasons_of_a_first_run(chain: Snapshot) -> None:
    made = again(chain, ran(planned(chain)), asked(ALL))

    assert [step.reason for step in made.steps] == [step.reason for step in planned(chain).steps]
    assert not made.reuses


def test_changed_code_is_said_and_runs_again_only_if_that_is_asked_for(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["g.d"])
    earlier[StepKey("g.b")] = replace(earlier[StepKey("g.b")], op_digest="before")
    code = replace(chain, manifest=Manifest(ops={step.node: "now" for step in chain.steps}))

    kept = again(code, earlier)
    changed = again(code, earlier, asked(rerun_changed=True))

    assert running(kept) == ["g.d", "report"]
    assert step_of(kept, "g.b").reason == f"From run {PARENT}, though its code changed since."
    assert running(changed) == ["g.b", "g.c", "g.d", "report"]
    assert step_of(changed, "g.c").reason.startswith("It reads g.b, which runs again.")


def test_a_step_that_reads_something_else_now_says_so(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["report"])
    steps = {
        "a": op({}, "r"),
        "b": op({"x": "a.r"}, "r"),
        "c": op({"x": "a.r", "y": "b.r"}, "r"),
        "d": op({"x": "c.r"}, "r -> table"),
    }
    code = location(graph("g", steps), single("report", op({"x": "@table"}, "r -> report")))

    made = again(code, earlier)

    assert step_of(made, "g.c").reason == (
        f"From run {PARENT}, though it reads something else now."
    )


def test_what_was_made_again_since_is_said(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["report"])
    earlier[StepKey("g.b")] = replace(earlier[StepKey("g.b")], renewed_step_keys=(StepKey("g.a"),))

    made = again(chain, earlier)

    assert step_of(made, "g.b").reason == (
        f"From run {PARENT}, though what it read of g.a was made again since."
    )


def test_new_and_vanished_steps_are_listed(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["g.c"])
    old = earlier.pop(StepKey("g.d"))
    earlier[StepKey("g.old")] = replace(old, key=StepKey("g.old"))

    made = again(chain, earlier)

    assert made.notes == (f"New since run {PARENT}: g.d.", f"Gone since run {PARENT}: g.old.")
    assert step_of(made, "g.d").reason == (
        f"Is new: run {PARENT} had no such step. Makes table and feeds report."
    )


def test_what_was_skipped_is_skipped_again_unless_what_it_reads_is_another() -> None:
    steps = {
        "split": op({}, "a?", "b?"),
        "left": op({"x": "split.a"}, "r"),
        "right": op({"x": "split.b"}, "r"),
        "join": op({"x": ["left.r", "right.r"]}, "r -> total"),
    }
    code = location(graph("g", steps))
    first = planned(code)
    left_out = {"g.split": ["b"]}

    same = again(code, ran(first, failed=["g.join"], left_out=left_out))
    other = again(code, ran(first, failed=["g.split"], left_out=left_out))
    lost = again(code, ran(first, failed=["g.join"], left_out=left_out, lost={"g.left": ["r"]}))
    remade = again(
        code,
        ran(first, failed=["g.join"], left_out=left_out, lost={"g.left": ["r"], "g.split": ["a"]}),
    )

    assert verdicts(same)["g.right"] == "reuse"
    assert {reuse.step_key for reuse in same.reuses if reuse.skipped} == {"g.right"}
    assert running(other) == ["g.split", "g.left", "g.right", "g.join"]
    assert running(lost) == ["g.left", "g.join"]
    assert running(remade) == ["g.split", "g.left", "g.right", "g.join"]


def test_the_fingerprint_holds_what_is_reused_and_of_which_run(chain: Snapshot) -> None:
    earlier = ran(planned(chain), failed=["g.c"])
    elsewhere = {**earlier, StepKey("g.a"): replace(earlier[StepKey("g.a")], from_run_id="R0")}

    made = again(chain, earlier)

    assert made.fingerprint == again(chain, dict(reversed(earlier.items()))).fingerprint
    assert made.fingerprint != again(chain, elsewhere).fingerprint
    assert made.fingerprint != planned(chain).fingerprint


def test_only_what_runs_loads(chain: Snapshot) -> None:
    first = planned(chain, "report")
    reused = again(
        chain, ran(first), request=PlanRequest(selection=Selection(expressions=("report",)))
    )
    failed = again(
        chain,
        ran(first, failed=["report"]),
        request=PlanRequest(selection=Selection(expressions=("report",))),
    )

    assert not reused.loads
    assert [load.asset_key for load in failed.loads] == [KeyText("table")]


def test_what_a_reader_would_not_find_stored_joins_and_only_the_reader_runs_beside_it() -> None:
    made_from = location(
        graph("g", {"c": op({}, "r"), "d": op({"x": "c.r"}, "r -> table")}),
        single("report", op({"x": "@table"}, "r -> report")),
        single("other", op({"x": "@table"}, "r -> other")),
    )
    first = planned(made_from, "report", "other")
    table = KeyText("table")
    request = PlanRequest(
        selection=Selection(expressions=("report", "other")),
        joining_asset_keys=(table,),
        gone_values={table: "its value is gone from the disk (/v/table)"},
    )

    made = again(made_from, ran(first, failed=["report"]), request=request)

    assert running(made) == ["g.c", "g.d", "report"]
    assert step_of(made, "g.d").reason == (
        "Makes table and feeds other and report: its value is gone from the disk (/v/table)."
    )
    assert step_of(made, "other").verdict is Verdict.REUSE
    assert not made.loads


@examples(200)
@given(drawn_location=locations(), seed=st.integers(0, 2**32))
def test_from_failure_runs_what_did_not_succeed_what_is_below_and_what_they_lack(
    drawn_location: Drawn, seed: int
) -> None:
    snapshot = drawn_location.snapshot()
    options = request_of(accepted(snapshot, drawn_location.asked))
    first = plan(snapshot, replace(options, joining_asset_keys=()))
    earlier = drawn(first, seed)

    made = again(snapshot, earlier, request=options)

    by_key = {step.key: step for step in made.steps}
    failed = {StepState.FAILED, StepState.NOT_RUN, StepState.CANCELLED}
    asked_for: set[str] = set()
    joined: set[str] = set()
    for step in made.steps:
        if step.verdict is Verdict.OMIT:
            continue
        if not made_keys(step).isdisjoint(options.joining_asset_keys):
            joined.add(step.key)
            assert step.verdict is Verdict.RUN
        before = earlier.get(step.key)
        if before is None or before.state is StepState.NOT_RUN:
            # What joins is below nothing: who read it before may keep what it made.
            if step.key not in joined:
                asked_for.add(step.key)
                assert step.verdict is Verdict.RUN
            continue
        unmade = earlier[step.key].state is StepState.SUCCEEDED and any(
            asset.selected
            and asset.asset_key not in {*earlier[step.key].asset_keys, *options.joining_asset_keys}
            for output in step.outputs
            if output.selected and output.name not in earlier[step.key].left_out_outputs
            for asset in output.assets
        )
        is_below = any(key in asked_for for key, _, _ in read(step))
        if earlier[step.key].state in failed or unmade or is_below:
            asked_for.add(step.key)
            assert step.verdict is Verdict.RUN
    lacked = {
        key
        for step in made.steps
        if step.verdict is Verdict.RUN
        for key, output, by_value in read(step)
        if key not in asked_for | joined
        and not is_there(earlier[StepKey(key)], output, by_value=by_value)
    }
    for key in set(running(made)) - asked_for - joined - lacked:
        # What was skipped may be skipped no more once something above it runs.
        assert earlier[StepKey(key)].state is StepState.SKIPPED
        assert any(by_key[StepKey(up)].verdict is Verdict.RUN for up, _, _ in read(by_key[key]))
    check_reads(made, earlier)


@examples(150)
@given(drawn_location=locations(), seed=st.integers(0, 2**32), changed=st.booleans())
def test_named_steps_run_and_whatever_runs_finds_what_it_reads(
    drawn_location: Drawn, seed: int, changed: bool
) -> None:
    snapshot = drawn_location.snapshot()
    options = request_of(accepted(snapshot, drawn_location.asked))
    first = plan(snapshot, replace(options, joining_asset_keys=()))
    earlier = drawn(first, seed)
    keys = running(first)
    assume(keys)
    name = keys[seed % len(keys)]

    made = again(
        snapshot, earlier, asked(STEPS, f"{name}+1", rerun_changed=changed), request=options
    )

    below = {step.key for step in first.steps if any(key == name for key, _, _ in read(step))}
    assert {name, *below} <= set(running(made))
    assert {reuse.step_key for reuse in made.reuses} == {
        step.key for step in made.steps if step.verdict is Verdict.REUSE
    }
    if changed:
        assert not [reuse for reuse in made.reuses if reuse.changed and not reuse.skipped]
    check_reads(made, earlier)


@examples(80)
@given(drawn_location=locations(), seed=st.integers(0, 2**32))
def test_everything_is_the_first_plan_again(drawn_location: Drawn, seed: int) -> None:
    snapshot = drawn_location.snapshot()
    options = request_of(accepted(snapshot, drawn_location.asked))
    first = plan(snapshot, options)
    before = plan(snapshot, replace(options, joining_asset_keys=()))

    made = again(snapshot, drawn(before, seed), asked(ALL), request=options)

    assert made.steps == first.steps
    assert made.loads == first.loads
    assert made.hazards == first.hazards


def read(step: PlannedStep) -> Iterator[tuple[str, str, bool]]:
    for each in step.inputs:
        for source in () if each.not_needed else each.sources:
            if source.step_output is not None:
                yield source.step_output.step_key, source.step_output.output, not each.nothing


def is_there(earlier: EarlierStep, output: str, *, by_value: bool) -> bool:
    if earlier.state is StepState.SKIPPED:
        return True
    there = (*earlier.stored_outputs, *earlier.left_out_outputs)
    return output in (there if by_value else (*there, *earlier.lost_outputs))


def check_reads(made: Plan, earlier: dict[StepKey, EarlierStep]) -> None:
    """Every output that is read is made in this run, stored, or was left out on purpose."""
    by_key = {step.key: step for step in made.steps}
    for step in made.steps:
        if step.verdict is not Verdict.RUN:
            continue
        for key, output, by_value in read(step):
            verdict = by_key[StepKey(key)].verdict
            assert verdict is not Verdict.OMIT
            if verdict is Verdict.REUSE:
                assert is_there(earlier[StepKey(key)], output, by_value=by_value)
    for reuse in made.reuses:
        state = earlier[reuse.step_key].state
        assert state is (StepState.SKIPPED if reuse.skipped else StepState.SUCCEEDED)
        if reuse.skipped:
            sources = {by_key[StepKey(key)].verdict for key, _, _ in read(by_key[reuse.step_key])}
            assert sources <= {Verdict.REUSE}
