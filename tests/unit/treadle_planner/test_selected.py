from __future__ import annotations

import pytest

from tests.model.build import graph, location, op, single
from tests.model.plans import planned
from treadle.locations.snapshot import Job, Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import RecordedAssets, Selection
from treadle_planner import PlanRefused, RefusalReason, plan


@pytest.fixture
def snapshot() -> Snapshot:
    """Two graphs of two assets each that cannot be subset, an asset, an external one, jobs."""
    return location(
        graph("ab", {"x": op({}, "p -> a", "q -> b")}),
        graph("cd", {"x": op({}, "p -> c", "q -> d/e")}),
        single("one", op({"x": "@far"}, "r -> one")),
        external=["far"],
        jobs=[
            Job(name="nightly", selection="one or +b"),
            Job(name="partly", selection="a"),
            Job(name="wide", selection="+b or a"),
        ],
    )


def refusal(snapshot: Snapshot, *selection: str, job: str = "") -> PlanRefused:
    with pytest.raises(PlanRefused) as caught:
        plan(snapshot, PlanRequest(selection=Selection(expressions=selection, job=job)))
    return caught.value


def test_without_a_selection_every_asset_is_selected(snapshot: Snapshot) -> None:
    assert planned(snapshot).selected_asset_keys == ("a", "b", "c", "d/e", "one")


def test_expressions_are_joined(snapshot: Snapshot) -> None:
    assert planned(snapshot, "a or b", "one").selected_asset_keys == ("a", "b", "one")


def test_whether_a_block_is_whole_is_asked_of_the_union(snapshot: Snapshot) -> None:
    assert planned(snapshot, "a", "b").selected_asset_keys == ("a", "b")


def test_a_job_is_its_selection(snapshot: Snapshot) -> None:
    made = plan(snapshot, PlanRequest(selection=Selection(job="partly", expressions=("one",))))

    assert made.selected_asset_keys == ("one",)


def test_an_unknown_job_is_refused_with_the_nearest(snapshot: Snapshot) -> None:
    refused = refusal(snapshot, job="nightlie")

    assert refused.reason is RefusalReason.UNKNOWN_JOB
    assert (refused.names, refused.suggestions) == (("nightlie",), ("nightly",))


def test_an_unknown_job_is_refused_beside_a_selection_too(snapshot: Snapshot) -> None:
    assert refusal(snapshot, "one", job="x").reason is RefusalReason.UNKNOWN_JOB


@pytest.mark.parametrize(
    ("expression", "reason", "names"),
    [
        ("one and (", RefusalReason.SELECTION_SYNTAX, ()),
        ("one*", RefusalReason.SELECTION_AMBIGUOUS, ("one*",)),
        ("onee", RefusalReason.UNKNOWN_ASSET, ("onee",)),
        ("far", RefusalReason.UNKNOWN_ASSET, ("far",)),
        ("a and one", RefusalReason.EMPTY_SELECTION, ("a and one",)),
        ("group:nowhere", RefusalReason.EMPTY_SELECTION, ("group:nowhere",)),
    ],
)
def test_what_cannot_be_selected_is_refused_with_its_reason(
    snapshot: Snapshot, expression: str, reason: RefusalReason, names: tuple[str, ...]
) -> None:
    refused = refusal(snapshot, expression)

    assert (refused.reason, refused.names, refused.smallest) == (reason, names, "")


def test_a_location_without_assets_has_nothing_to_select() -> None:
    assert refusal(Snapshot()).reason is RefusalReason.EMPTY_SELECTION


def test_a_part_of_a_block_is_refused_with_the_smallest_selection_that_does(
    snapshot: Snapshot,
) -> None:
    refused = refusal(snapshot, "b")

    assert refused.reason is RefusalReason.PARTIAL_BLOCK
    assert refused.names == ("ab",)
    assert "'b' was asked for without 'a'" in refused.message
    assert refused.smallest in refused.message
    assert planned(snapshot, refused.smallest).selected_asset_keys == ("a", "b")


def test_parts_of_several_blocks_are_refused_at_once(snapshot: Snapshot) -> None:
    refused = refusal(snapshot, "b and not one", "c", "one")

    assert refused.names == ("ab", "cd")
    assert refused.smallest == "b and not one or c or one or a or d/e"
    assert planned(snapshot, refused.smallest).selected_asset_keys == ("a", "b", "c", "d/e", "one")


def test_a_part_that_a_job_selects_is_refused(snapshot: Snapshot) -> None:
    refused = refusal(snapshot, job="partly")

    assert (refused.reason, refused.smallest) == (RefusalReason.PARTIAL_BLOCK, "a or b")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ab.x", "'ab.x' is a step of block ab, which makes 'a' and 'b'."),
        ("ab", "'ab' is a graph, which makes 'a' and 'b'."),
        ("cd.x", "'cd.x' is a step of block cd, which makes 'c' and 'd/e'."),
    ],
)
def test_a_step_where_an_asset_is_expected_is_told_with_what_its_block_makes(
    snapshot: Snapshot, name: str, hint: str
) -> None:
    refused = refusal(snapshot, name)

    assert refused.reason is RefusalReason.UNKNOWN_ASSET
    assert hint in refused.message
    assert refused.names == (name,)
    assert refused.suggestions[:2] == (("c", "d/e") if name == "cd.x" else ("a", "b"))


def test_an_op_where_an_asset_is_expected_is_told_with_each_block_that_runs_it() -> None:
    snapshot = location(
        graph("ab", {"x": op({}, "p -> a")}), graph("cd", {"x": op({}, "p -> c")}), external=["far"]
    )

    refused = refusal(snapshot, "x")

    for block, key in (("ab", "a"), ("cd", "c")):
        assert f"'x' is an op of block {block}, which makes {key!r}." in refused.message
    assert refused.suggestions[:2] == ("a", "c")


def test_an_external_asset_is_not_taken_for_an_op_of_its_name() -> None:
    snapshot = location(graph("ab", {"far": op({"x": "@far"}, "p -> a")}), external=["far"])

    assert "is an op" not in refusal(snapshot, "far").message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nightly", "'nightly' is a job: --job nightly, in Python job='nightly'."),
        ("eu", "Assets whose keys begin so: key:eu/*."),
        ("rate", "Did you mean 'eu/rates'?"),
    ],
)
def test_a_name_that_is_no_asset_s_is_told_as_what_it_is(name: str, said: str) -> None:
    snapshot = location(
        graph("all", {"x": op({}, "p -> eu/rates")}), jobs=[Job(name="nightly", selection="*")]
    )

    assert refusal(snapshot, name).message.endswith(said)


def test_a_plan_of_a_job_says_where_dagster_went_one_level(snapshot: Snapshot) -> None:
    by_job = plan(snapshot, PlanRequest(selection=Selection(job="wide")))
    asked = plan(snapshot, PlanRequest(selection=Selection(expressions=("one", "+b or a"))))

    assert len(by_job.notes) == 1
    assert "selects +b: all the way, where Dagster went one level" in by_job.notes[0]
    assert asked.notes == ()


@pytest.mark.parametrize(
    "expression", ["group:none", "tag:a=b", "kind:k", 'owner:"o@x.org"', "key:z*", "a and one"]
)
def test_what_matches_nothing_may_select_nothing(snapshot: Snapshot, expression: str) -> None:
    asked = Selection(expressions=(expression,), allow_empty=True)

    made = plan(snapshot, PlanRequest(selection=asked))

    assert (made.selected_asset_keys, made.steps) == ((), ())
    assert refusal(snapshot, expression).reason in {
        RefusalReason.EMPTY_SELECTION,
        RefusalReason.UNKNOWN_ASSET,
    }


def test_what_matches_nothing_takes_nothing_from_the_rest(snapshot: Snapshot) -> None:
    asked = Selection(expressions=("group:none+", "one"), allow_empty=True)

    assert plan(snapshot, PlanRequest(selection=asked)).selected_asset_keys == ("one",)


@pytest.mark.parametrize("expression", ["nosuch", "far", "block:nosuch", "check:a:nosuch"])
def test_a_name_has_to_be_there_though_nothing_may_be_selected(
    snapshot: Snapshot, expression: str
) -> None:
    asked = Selection(expressions=(expression,), allow_empty=True)

    with pytest.raises(PlanRefused) as refused:
        plan(snapshot, PlanRequest(selection=asked))

    assert refused.value.reason is RefusalReason.UNKNOWN_ASSET


def test_what_is_on_record_is_what_the_launcher_says(snapshot: Snapshot) -> None:
    recorded = RecordedAssets(
        missing_asset_keys=("b", "far", "one"), failed_asset_keys=("a", "gone")
    )

    def selected(*expressions: str) -> tuple[str, ...]:
        asked = Selection(expressions=expressions, recorded=recorded)
        return plan(snapshot, PlanRequest(selection=asked)).selected_asset_keys

    assert selected("missing() or failed()") == ("a", "b", "one")
    assert selected("missing() and one") == ("one",)
    assert selected("not (missing() or failed())") == ("c", "d/e")


def test_where_nothing_is_missing_nothing_is_selected(snapshot: Snapshot) -> None:
    asked = Selection(expressions=("missing()",), recorded=RecordedAssets())

    with pytest.raises(PlanRefused) as refused:
        plan(snapshot, PlanRequest(selection=asked))

    assert refused.value.reason is RefusalReason.EMPTY_SELECTION


def test_what_is_on_record_is_refused_where_nobody_says_it(snapshot: Snapshot) -> None:
    refused = refusal(snapshot, "a or failed()")

    assert refused.reason is RefusalReason.SELECTION_SYNTAX
    assert "failed() is what a launcher has on record" in refused.message
