"""What is recorded is what was made, and what an op is given is what it was said to need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import treadle_client
from tests.e2e.conftest import Session
from treadle_client import LogRecord, RunFailed, StepState

CODE = """
from treadle import (
    AssetKey, AssetOut, MetadataValue, Nothing, Output, asset, define_asset_job, multi_asset,
)


@multi_asset(
    outs={name: AssetOut(dagster_type=Nothing, is_required=False) for name in ("gx", "gy")},
    can_subset=True,
)
def nothings(context):
    assert context.selected_output_names


@asset(output_required=False)
def changes():
    if False:
        yield Output(1)


@asset
def base():
    return 5


@multi_asset(
    outs={"of_changes": AssetOut(), "of_base": AssetOut(), "of_both": AssetOut()},
    can_subset=True,
    internal_asset_deps={
        "of_changes": {AssetKey("changes")},
        "of_base": {AssetKey("base")},
        "of_both": {AssetKey("of_changes"), AssetKey("base")},
    },
)
def models(context, changes, base):
    for name, value in (("of_changes", changes), ("of_base", base), ("of_both", base)):
        if name in context.selected_output_names:
            yield Output(value, name)


@asset
def last(of_base):
    return of_base + 1


@asset
def never(of_changes):
    return of_changes


@multi_asset(
    outs={"careful": AssetOut(), "careless": AssetOut()},
    can_subset=True,
    internal_asset_deps={"careful": {AssetKey("base")}, "careless": set()},
)
def uses(base):
    yield Output(base + 1, "careless")


@asset
def plotted(context):
    context.add_output_metadata({"bad": object(), "rows": {2024: 10}})
    return Output(1, metadata={"plot": MetadataValue.md("x" * 60_000), "kept": 1})


@asset
def huge():
    rows = ["x" * 1000 for _ in range(22_000)]
    return Output(1, metadata={"rows": rows, "size": len(rows)})


@asset(output_required=False)
def none():
    return None


@asset
def misnamed():
    return AssetKey("no good?")
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    module = tmp_path_factory.mktemp("code") / "recorded_assets.py"
    module.write_text(CODE)
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(module, home=home) as client:
        yield Session(client, home)


def warnings(session: Session, run_id: str) -> list[str]:
    return [str(event.message) for event in session.events(run_id) if isinstance(event, LogRecord)]


def test_selecting_one_nothing_records_no_other(session: Session) -> None:
    result = session.succeed("gx")

    assert [made.asset_key for made in result.materializations] == ["gx"]
    assert not list(session.client.materializations("gy"))


def test_an_input_that_was_left_out_takes_only_the_outputs_that_need_it(session: Session) -> None:
    result = session.succeed("changes or base or last or never or of_changes or of_base or of_both")

    assert {key: step.state for key, step in result.steps.items()} == {
        "base": StepState.SUCCEEDED,
        "changes": StepState.SUCCEEDED,
        "models": StepState.SUCCEEDED,
        "last": StepState.SUCCEEDED,
        "never": StepState.SKIPPED,
    }
    assert sorted(made.asset_key for made in result.materializations) == ["base", "last", "of_base"]
    assert session.value("last") == 6


def test_an_input_that_is_not_needed_fails_when_it_is_used_and_says_what_to_do(
    session: Session,
) -> None:
    session.succeed("base")
    result = session.run("careless")

    (failed,) = result.failed_steps
    assert failed.failure is not None
    assert "Input 'base' of 'uses' was not loaded" in failed.failure.message
    assert "internal_asset_deps" in failed.failure.message


def test_metadata_that_cannot_be_kept_costs_no_asset(session: Session) -> None:
    result = session.succeed("plotted or huge")

    made = {each.asset_key: dict(each.metadata) for each in result.materializations}
    assert set(made["plotted"]) == {"rows", "kept"}
    assert set(made["huge"]) == {"size"}
    told = warnings(session, result.run_id)
    assert len(told) == 3
    for name in ("'bad' is left out: it has a value of type object", "'plot'", "'rows'"):
        assert any(f"metadata {name}" in each for each in told)


def test_none_of_an_optional_output_is_stored_and_told_when_loaded_and_when_made(
    session: Session,
) -> None:
    (location,) = session.client.locations()
    result = session.succeed("none")

    assert any(each.startswith("none at ") for each in location.warnings)
    (told,) = warnings(session, result.run_id)
    assert told.startswith("Optional output 'result' was returned as None")


def test_what_failed_where_and_what_to_do_are_told_once(session: Session) -> None:
    result = session.run("misnamed")

    with pytest.raises(RunFailed) as raised:
        result.raise_for_failure()

    said = str(raised.value)
    assert said.count("no good?") == 1
    assert said.count("recorded_assets.py") == 1
    assert said.count("misnamed: user_error") == 1
