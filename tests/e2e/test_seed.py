"""The seed's examples, in every selection, through all three processes."""

from __future__ import annotations

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start
from treadle_client import EventKind, SelectionError, StepState, Verdict

FOO = "my_graph_assets.foo"
BAR = "my_graph_assets.bar"
BAZ = "my_graph_assets.baz"


def made(result: treadle_client.RunResult) -> dict[str, bool]:
    return {each.asset_key: each.unexpected for each in result.materializations}


def ran(result: treadle_client.RunResult) -> set[str]:
    return {key for key, step in result.steps.items() if step.state is StepState.SUCCEEDED}


def selected_in(session: Session, result: treadle_client.RunResult, step_key: str) -> str:
    """Return what the op itself saw as `context.selected_output_names`."""
    for event in session.events(result.run_id):
        if event.step_key == step_key and isinstance(event, treadle_client.LogRecord):
            return event.message.head
    raise AssertionError(f"{step_key} logged nothing")


def test_a_graph_backed_asset_runs_its_ops_one_after_the_other(shared: Start) -> None:
    session = shared("seed_first.py")

    result = session.succeed("slack_files_table")

    started = [
        event.step_key
        for event in session.events(result.run_id)
        if event.kind is EventKind.STEP_STARTED
    ]
    assert started == [
        "slack_files_table.fetch_files_from_slack",
        "slack_files_table.store_files",
    ]
    # What lies between the ops is not an asset.
    assert made(result) == {"slack_files_table": False}
    assert session.value("slack_files_table") == 2


def test_one_graph_powers_several_assets(shared: Start) -> None:
    session = shared("seed_first.py")

    session.succeed("+of_words or +of_names")
    again = session.succeed("of_names")

    assert (session.value("of_words"), session.value("of_names")) == (6, 4)
    assert ran(again) == {
        "twice_as_many__of_names.counted",
        "twice_as_many__of_names.doubled",
    }


def test_foo_asset_alone_runs_bar_and_foo_and_makes_foo_asset_only(shared: Start) -> None:
    session = shared("seed_subset.py")

    result = session.succeed("foo_asset")

    assert ran(result) == {BAR, FOO}
    assert made(result) == {"foo_asset": False}
    assert session.value("foo_asset") == 2
    assert selected_in(session, result, FOO) == "foo_1"


def test_baz_asset_alone_runs_all_three_and_foo_sees_foo_2_only(shared: Start) -> None:
    session = shared("seed_subset.py")

    result = session.succeed("baz_asset")

    assert ran(result) == {BAR, FOO, BAZ}
    assert made(result) == {"baz_asset": False}
    assert session.value("baz_asset") == 5
    assert selected_in(session, result, FOO) == "foo_2"


@pytest.mark.parametrize(
    "selection", ["*", None, "foo_asset or baz_asset", "+baz_asset or foo_asset"]
)
def test_both_assets_are_made_by_three_steps(shared: Start, selection: str | None) -> None:
    session = shared("seed_subset.py")

    result = session.succeed(selection)

    assert ran(result) == {BAR, FOO, BAZ}
    assert made(result) == {"foo_asset": False, "baz_asset": False}
    assert (session.value("foo_asset"), session.value("baz_asset")) == (2, 5)
    assert selected_in(session, result, FOO) == "foo_1 foo_2"


def test_the_job_of_the_example_makes_both_assets(shared: Start) -> None:
    session = shared("seed_subset.py")

    result = session.succeed(job="graph_asset")

    assert made(result) == {"foo_asset": False, "baz_asset": False}


def test_the_unneeded_output_of_bar_is_discarded_with_an_event(shared: Start) -> None:
    session = shared("seed_subset.py")

    result = session.succeed("foo_asset")

    discarded = [
        (event.step_key, event.output)
        for event in session.events(result.run_id)
        if isinstance(event, treadle_client.OutputDiscarded)
    ]
    assert discarded == [(BAR, "bar_2")]


def test_a_plan_says_what_would_run_and_why(shared: Start) -> None:
    session = shared("seed_subset.py")

    plan = session.client.plan("foo_asset")

    verdicts = {step.key: step.verdict for step in plan.steps}
    assert verdicts == {BAR: Verdict.RUN, FOO: Verdict.RUN, BAZ: Verdict.OMIT}
    assert all(step.reason for step in plan.steps)
    assert {step.key: step.selected_outputs for step in plan.steps}[FOO] == ("foo_1",)
    assert FOO in str(plan)


def test_a_plan_that_was_seen_runs_as_it_was_seen(shared: Start) -> None:
    session = shared("seed_subset.py")
    plan = session.client.plan("foo_asset")

    result = session.succeed(plan=plan)

    assert made(result) == {"foo_asset": False}


def test_a_misspelt_key_is_refused_with_suggestions(shared: Start) -> None:
    session = shared("seed_subset.py")

    with pytest.raises(SelectionError) as caught:
        session.client.plan("fooasset")

    assert caught.value.reason == "UNKNOWN_ASSET"
    assert caught.value.names == ("fooasset",)
    assert "foo_asset" in caught.value.suggestions


def test_managed_loading_hands_values_on_in_one_run(shared: Start) -> None:
    session = shared("seed_chain.py")

    result = session.succeed()

    assert list(made(result)) == ["upstream_asset", "middle_asset", "downstream_asset"]
    assert session.value("middle_asset") == 4
    assert session.value("downstream_asset") == 11


def test_managed_loading_reads_what_an_earlier_run_stored(shared: Start) -> None:
    session = shared("seed_chain.py")
    first = session.succeed("upstream_asset")

    second = session.succeed("middle_asset or downstream_asset")

    loads = [
        event
        for event in session.events(second.run_id)
        if isinstance(event, treadle_client.InputLoaded) and event.asset_key == "upstream_asset"
    ]
    assert [load.from_run_id for load in loads] == [first.run_id]
    assert list(made(second)) == ["middle_asset", "downstream_asset"]
    assert session.value("downstream_asset") == 11


def test_what_was_never_made_is_loaded_only_as_a_try_and_the_way_out_is_named(start: Start) -> None:
    session = start("seed_chain.py")

    with pytest.raises(treadle_client.NeverMaterializedError) as caught:
        session.client.materialize("downstream_asset")
    tried = session.run("downstream_asset", unrecorded_loads="try")

    assert caught.value.names == ("middle_asset",)
    failure = tried.steps["downstream_asset"].failure
    assert failure is not None
    assert (failure.reason, failure.where) == ("user_error", "load")
    session.succeed(caught.value.smallest)
    assert session.value("downstream_asset") == 11


def test_a_block_without_can_subset_is_refused_in_part(shared: Start) -> None:
    session = shared("seed_two_assets.py")

    with pytest.raises(SelectionError) as caught:
        session.client.plan("first_asset")

    assert caught.value.reason == "PARTIAL_BLOCK"
    assert "second_asset" in str(caught.value)
    assert set(session.client.plan(caught.value.smallest).selected_asset_keys) >= {
        "first_asset",
        "second_asset",
    }


def test_two_assets_of_one_graph_are_made_together(shared: Start) -> None:
    session = shared("seed_two_assets.py")

    result = session.succeed("*")

    assert {"first_asset", "second_asset"} <= set(made(result))


def test_an_unexpected_materialization_is_foreseen_made_and_marked(shared: Start) -> None:
    session = shared("seed_unexpected.py")
    plan = session.client.plan("baz_asset")

    result = session.succeed(plan=plan)

    assert [(each.step_key, each.output, each.asset_keys) for each in plan.hazards] == [
        (FOO, "foo_1", ("foo_asset",))
    ]
    assert made(result) == {"foo_asset": True, "baz_asset": False}
    finished = session.events(result.run_id)[-1]
    assert isinstance(finished, treadle_client.RunFinished)
    assert (finished.materialization_count, finished.unexpected_count) == (2, 1)
    assert session.client.run(result.run_id).describe().unexpected_count == 1


def test_discard_drops_what_was_not_selected(shared: Start) -> None:
    session = shared("seed_unexpected.py")

    result = session.succeed("baz_asset", unselected_outputs="discard")

    assert made(result) == {"baz_asset": False}
    discarded = [
        (event.output, event.asset_keys)
        for event in session.events(result.run_id)
        if isinstance(event, treadle_client.OutputDiscarded)
    ]
    assert ("foo_1", ("foo_asset",)) in discarded


def test_fail_fails_the_step_and_commits_nothing_of_it(shared: Start) -> None:
    session = shared("seed_unexpected.py")

    result = session.run("baz_asset", unselected_outputs="fail")

    failure = result.steps[FOO].failure
    assert failure is not None
    assert (failure.reason, failure.where) == ("user_error", "output")
    assert "foo_1" in failure.message
    assert made(result) == {}
    stored = {
        event.step_key
        for event in session.events(result.run_id)
        if event.kind is EventKind.OUTPUT_STORED
    }
    assert FOO not in stored
    assert result.steps[BAZ].state is StepState.NOT_RUN


def test_a_stored_sibling_is_loaded_and_its_maker_not_run(shared: Start) -> None:
    session = shared("seed_sibling.py")
    session.succeed("base_asset")

    result = session.succeed("top_asset")

    assert ran(result) == {"tower.top"}
    assert session.value("top_asset") == 11


def test_siblings_run_takes_the_seed_at_its_word(shared: Start) -> None:
    session = shared("seed_sibling.py")
    session.succeed("base_asset")

    result = session.succeed("top_asset", siblings="run")

    assert ran(result) == {"tower.base", "tower.top"}
    assert made(result) == {"top_asset": False}
    assert session.value("top_asset") == 11


def test_a_sibling_that_was_never_made_is_run_and_not_recorded(start: Start) -> None:
    session = start("seed_sibling.py")

    result = session.succeed("top_asset")

    assert ran(result) == {"tower.base", "tower.top"}
    assert made(result) == {"top_asset": False}
