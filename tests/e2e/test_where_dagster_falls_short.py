"""The rows marked (A) and (B) of the list "Where Dagster falls short", a test each.

The seed's own module with `foo_asset` alone stands in test_seed.py, definitions that must be
refused in tests/unit/treadle/locations/test_definitions.py, one attempt's outputs that are committed
together in test_retries.py, fan-outs in test_fan_outs.py.
"""

from __future__ import annotations

import pytest

import treadle_client
from tests.e2e.conftest import Start
from treadle_client import StepState

MODULE = "falls_short.py"


def keys(result: treadle_client.RunResult) -> set[str]:
    return {each.asset_key for each in result.materializations}


def test_an_unused_output_is_discarded(shared: Start) -> None:
    session = shared(MODULE)

    session.succeed("from_used")

    assert session.value("from_used") == 1


def test_a_list_of_assets_and_outputs_holds_each_its_own_value_in_order(shared: Start) -> None:
    session = shared(MODULE)

    session.succeed("left or right or mixed_list or asset_list")

    assert session.value("mixed_list") == "left-middle-right"
    assert session.value("asset_list") == "right-left"


def test_a_list_reads_stored_assets_one_by_one_in_a_subset(shared: Start) -> None:
    session = shared(MODULE)
    session.succeed("left")
    session.succeed("right")

    session.succeed("mixed_list")
    session.succeed("asset_list")

    assert session.value("mixed_list") == "left-middle-right"
    assert session.value("asset_list") == "right-left"


def test_one_output_that_is_two_assets_makes_both(shared: Start) -> None:
    session = shared(MODULE)

    assert keys(session.succeed("twin_a or twin_b")) == {"twin_a", "twin_b"}
    assert keys(session.succeed("twin_b")) == {"twin_b"}
    assert (session.value("twin_a"), session.value("twin_b")) == (7, 7)


def test_an_input_that_no_selected_asset_uses_need_not_exist(start: Start) -> None:
    session = start(MODULE)
    session.succeed("left")

    session.succeed("of_left")

    assert session.value("of_left") == "left+1"


def test_outputs_of_a_nested_graph_can_be_made_alone(shared: Start) -> None:
    session = shared(MODULE)

    result = session.succeed("nested_second")

    assert set(result.steps) == {"outer.inner.second"}
    assert keys(result) == {"nested_second"}


def test_blocks_may_need_each_other_both_ways(shared: Start) -> None:
    session = shared(MODULE)

    session.succeed("ping_1 or ping_2 or pong_1 or pong_2")

    values = [session.value(key) for key in ("ping_1", "pong_1", "ping_2", "pong_2")]
    assert values == [1, 2, 3, 4]


def test_lineage_is_that_of_the_wiring(shared: Start) -> None:
    session = shared(MODULE)

    upstream = {entry.asset.key: entry.asset.upstream_keys for entry in session.client.assets()}

    assert upstream["of_left"] == ("left",)
    assert upstream["of_right"] == ("right",)
    assert upstream["ping_1"] == ()
    assert upstream["pong_2"] == ("ping_2",)


def test_step_keys_do_not_depend_on_the_selection(shared: Start) -> None:
    session = shared(MODULE)

    everything = {step.key for step in session.client.plan("*").steps}

    for selection in ("nested_first", "ping_1 or twin_a", "left"):
        assert {step.key for step in session.client.plan(selection).steps} <= everything


def test_a_step_whose_upstream_failed_says_so_and_others_run(shared: Start) -> None:
    session = shared(MODULE)

    result = session.run("breaks or after_breaks or after_after or independent")

    assert result.status is treadle_client.RunState.FAILED
    assert {key: step.state for key, step in result.steps.items()} == {
        "breaks": StepState.FAILED,
        "after_breaks": StepState.NOT_RUN,
        "after_after": StepState.NOT_RUN,
        "independent": StepState.SUCCEEDED,
    }
    not_run = {
        event.step_key: event.upstream_step_key
        for event in session.events(result.run_id)
        if isinstance(event, treadle_client.StepNotRun)
    }
    assert not_run == {"after_breaks": "breaks", "after_after": "breaks"}
    failure = result.steps["breaks"].failure
    assert failure is not None
    assert failure.error_class == "builtins.ValueError"
    assert "broken on purpose" in failure.traceback.head
    assert failure.source is not None
    assert failure.source.file.endswith("falls_short.py")


def test_config_for_what_is_not_needed_is_taken_and_reported(shared: Start) -> None:
    session = shared("config.py")
    config = {"ops": {"open_graph": {"ops": {"fetch": {"config": {"day": "today"}}}}}}

    plan = session.client.plan("none", config=config)
    result = session.succeed("none", config=config)

    assert "Nothing that runs takes the config at ops.open_graph.ops.fetch.config." in plan.notes
    assert keys(result) == {"none"}


@pytest.mark.parametrize(
    ("selection", "nearest"), [("group:defalt", ("default",)), ("key:lef*t*x", ("left", "of_left"))]
)
def test_what_matches_nothing_is_refused_with_the_nearest(
    shared: Start, selection: str, nearest: tuple[str, ...]
) -> None:
    session = shared(MODULE)

    with pytest.raises(treadle_client.SelectionError, match="matches nothing") as caught:
        session.client.materialize(selection)

    assert caught.value.suggestions == nearest
