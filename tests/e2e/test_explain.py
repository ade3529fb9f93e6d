"""Why each op is in a selection's plan, through the services: without a record, and with one."""

from __future__ import annotations

from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start, emptied
from treadle_client import LoadState, Verdict


@pytest.fixture
def session(shared: Start, scratch: Path) -> Session:
    emptied(scratch)
    return shared("seed_chain.py")


def test_what_no_run_has_stored_is_explained_and_then_what_one_has(session: Session) -> None:
    said = session.client.explain("graph:middle_asset")

    assert said.location == "seed_chain"
    assert said.expression == "graph:middle_asset"
    ops = {op.step_key: op for op in said.ops}
    assert [op.step_key for op in said.ops if op.verdict is Verdict.RUN] == [
        "middle_asset.add_one",
        "middle_asset.multiply_by_two",
    ]
    (need,) = ops["middle_asset.add_one"].needed_for
    assert need.asset_key == "middle_asset"
    assert need.step_keys == ("middle_asset.add_one", "middle_asset.multiply_by_two")
    (left,) = ops["middle_asset.add_one"].not_followed
    assert left.source == "upstream_asset"
    assert ops["upstream_asset"].leads_to_asset_keys == ("upstream_asset",)
    if not any(session.client.materializations("upstream_asset")):
        assert [load.state for load in said.loads] == [LoadState.UNRECORDED]

    run = session.succeed("upstream_asset")

    again = session.client.explain("graph:middle_asset")
    assert [(load.state, load.run_id) for load in again.loads] == [(LoadState.RECORDED, run.run_id)]
    assert again.fingerprint == session.client.plan("graph:middle_asset").fingerprint


def test_a_selection_that_cannot_be_planned_is_refused_as_a_plan_is(session: Session) -> None:
    with pytest.raises(treadle_client.SelectionError, match="Did you mean graph:middle_asset"):
        session.client.explain("graph:midle_asset")
