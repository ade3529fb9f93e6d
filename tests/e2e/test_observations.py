"""Observable assets through the services: named, looked at, told, found again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Session, Start, emptied
from treadle_client import NotFoundError, SelectionError, Verdict
from treadle_client.cli import run


@pytest.fixture
def session(shared: Start, scratch: Path) -> Session:
    emptied(scratch)
    return shared("observed.py")


def test_what_is_named_is_looked_at_and_found_again(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    client = session.client
    assert list(client.observations("demand")) == []

    first = session.succeed("prices or report")
    second = client.materialize(job="look").result()

    assert client.load("report") == 42
    assert {each.asset_key for each in first.materializations} == {"report"}
    assert second.succeeded
    assert second.materializations == ()
    seen = list(client.observations("prices"))
    assert [each.run_id for each in seen] == [second.run_id, first.run_id]
    assert dict(seen[0].metadata) == {"dagster/data_version": "v1"}
    (stock,) = client.observations("stock")
    assert (stock.step_key, dict(stock.metadata)["rows"]) == ("warehouse", 3)
    assert list(client.observations("demand")) == []
    with pytest.raises(NotFoundError):
        list(client.observations("nobody"))
    assert run(["assets", "show", "stock", "--launcher", client.address]) == 0
    shown = capsys.readouterr().out
    assert "external, observed by warehouse" in shown
    assert "stock  7" in shown
    assert "materialized" not in shown
    assert run(["assets", "show", "prices", "--json", "--launcher", client.address]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["run_id"] for each in document["observations"]] == [second.run_id, first.run_id]


def test_the_plan_and_the_graph_tell_who_looks(session: Session) -> None:
    plan = session.client.plan("prices or report")
    graph = session.client.graph()

    assert plan.observed_asset_keys == ("prices",)
    assert {step.key: step.verdict for step in plan.steps} == {
        "prices": Verdict.RUN,
        "report": Verdict.RUN,
    }
    assert {each.key: each.observed_by for each in graph.assets} == {
        "prices": "prices",
        "stock": "warehouse",
        "demand": "warehouse",
        "report": "",
    }
    said = session.client.explain("report or prices")
    why = {each.asset_key: each for each in said.assets}
    assert why["prices"].selected
    assert why["prices"].taken_in_by == ("prices",)


def test_what_others_make_is_looked_at_again_though_nothing_changed_here(session: Session) -> None:
    client = session.client
    runs = [client.materialize("stock", reuse="unchanged").result() for _ in range(2)]

    assert all(each.succeeded for each in runs)
    seen = [each.run_id for each in client.observations("stock")]
    assert seen[:2] == [each.run_id for each in reversed(runs)]


def test_a_run_of_nothing_succeeds_where_that_is_allowed(session: Session) -> None:
    with pytest.raises(SelectionError, match="matches nothing"):
        session.client.materialize("group:none")

    result = session.client.materialize("group:none", allow_empty=True).result()

    assert result.succeeded
    assert result.materializations == ()


def test_a_run_is_gone_on_from(session: Session) -> None:
    handle = session.client.materialize("prices or stock")
    assert handle.result().succeeded

    again = handle.rerun("all").result()

    assert again.succeeded
    seen = [each.run_id for each in session.client.observations("stock")]
    assert seen[:2] == [again.run_id, handle.run_id]
