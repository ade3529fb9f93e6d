"""Two code servers under one launcher: whose a key is, and how one location reads the other's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

import treadle_client
from tests.e2e.conftest import Session
from treadle_client import LoadState
from treadle_client.services._lifeline import Lifeline

SALES = """
from treadle import (
    AssetOut, DataVersion, Out, asset, graph_multi_asset, observable_source_asset, op
)

@asset
def sales():
    return [120, 80, 45]

@asset
def taken():
    return "of sales"

@asset
def free(taken):
    return "sales reads what is " + taken

@op(out={"first": Out(), "second": Out()})
def both():
    return "of sales", 2

@graph_multi_asset(outs={"taken_too": AssetOut(), "beside": AssetOut()}, can_subset=True)
def pair():
    first, second = both()
    return {"taken_too": first, "beside": second}

@observable_source_asset
def watched():
    return DataVersion("1")
"""

REPORT = """
from treadle import AssetSpec, Definitions, asset

@asset
def report(sales):
    return sum(sales)

@asset
def taken():
    return "of report"

@asset
def taken_too():
    return "of report"

@asset
def watched():
    return "of report"

defs = Definitions(assets=[report, taken, taken_too, watched, AssetSpec("sales")])
"""
SECONDS = 60


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("several")
    with ExitStack() as stack:
        # Short: a socket's path holds 107 bytes.
        sockets = stack.enter_context(tempfile.TemporaryDirectory(prefix="tt-"))
        lifeline = stack.enter_context(Lifeline(show_stderr=False))
        located = []
        for name, text in (("sales", SALES), ("report", REPORT)):
            module = folder / f"{name}.py"
            module.write_text(text)
            address = f"unix:{sockets}/{name}"
            arguments = ["-f", str(module), "--name", name, "--bind", address]
            lifeline.start("code server", "treadle_codeserver", arguments).wait_ready(SECONDS)
            located += ["--location", address]
        home = folder / "home"
        arguments = [*located, "--home", str(home), "--bind", f"unix:{sockets}/launcher"]
        launcher = lifeline.start("launcher", "treadle_launcher", arguments)
        address = launcher.wait_ready(SECONDS)
        yield Session(stack.enter_context(treadle_client.Client.connect(address)), home)


def test_a_key_that_two_locations_define_belongs_to_the_first_name(session: Session) -> None:
    report, sales = session.client.locations()
    owners = {entry.asset.key: entry.location for entry in session.client.assets()}
    conflicts = {asset.key for asset in session.client.graph("sales").assets if asset.conflict}

    session.succeed("taken")

    assert owners["taken"] == "report"
    assert conflicts == {"taken", "taken_too"}
    assert not any("taken" in warning for warning in report.warnings)
    assert any("taken belongs to location report" in warning for warning in sales.warnings)
    assert session.value("taken") == "of report"


def test_a_location_is_served_but_for_the_key_that_is_another_ones(session: Session) -> None:
    session.succeed("taken")
    result = session.succeed("*", location="sales")

    # Its own reader of the key reads what the owner made.
    assert session.value("free") == "sales reads what is of report"
    assert {each.asset_key for each in result.materializations} == {"sales", "free", "beside"}


def test_a_taken_key_alone_cannot_be_made_through_the_other_location(session: Session) -> None:
    with pytest.raises(treadle_client.SelectionError) as caught:
        session.client.materialize("taken", location="sales")

    assert caught.value.reason == "EMPTY_SELECTION"
    assert caught.value.names == ("taken",)
    assert "Another location owns taken" in str(caught.value)


def test_what_one_location_makes_and_another_observes_is_made_or_observed_where_it_is_asked_for(
    session: Session,
) -> None:
    made = session.succeed("watched")
    seen = session.succeed("watched", location="sales")

    assert [each.asset_key for each in made.materializations] == ["watched"]
    assert seen.materializations == ()
    assert [each.run_id for each in session.client.observations("watched")] == [seen.run_id]
    assert session.value("watched") == "of report"


def test_what_another_location_owns_is_not_made_unasked_either(session: Session) -> None:
    session.succeed("taken_too")

    plan = session.client.plan("beside")
    result = session.succeed("beside")

    assert any("discarded" in note and "taken_too" in note for note in plan.notes), plan.notes
    assert [each.asset_key for each in result.materializations] == ["beside"]
    assert session.value("taken_too") == "of report"
    # The plan that was seen is what runs.
    assert session.client.materialize(plan=plan).result(timeout=60).succeeded


def test_an_asset_of_another_location_is_read_through_its_value_ref(session: Session) -> None:
    made = session.succeed("sales")

    plan = session.client.plan("report")
    session.succeed("report")

    (load,) = plan.loads
    assert load.external
    assert load.builtin_manager
    assert (load.state, load.run_id) == (LoadState.RECORDED, made.run_id)
    assert load.value_ref == next(session.client.materializations("sales")).value_ref
    assert session.value("report") == 245


def test_a_run_belongs_to_one_location(session: Session) -> None:
    with pytest.raises(treadle_client.RequestError) as caught:
        session.client.materialize("sales or report")

    assert "Launch one run each: --location report, --location sales." in str(caught.value)


def test_a_plus_over_a_location_says_what_it_leaves_out(session: Session) -> None:
    session.succeed("sales")

    plan = session.client.plan("+report")
    below = session.client.plan("sales+", location="sales")
    handle = session.client.materialize("+report")
    handle.result()

    told = (
        "sales is made by location sales: a run makes assets of one location only; launch it with"
        " --location sales."
    )
    assert told in plan.notes
    assert told in str(plan)
    assert told in handle.notes
    assert any(note.startswith("report is made from sales by location rep") for note in below.notes)
    assert session.client.plan("report").notes == ()
