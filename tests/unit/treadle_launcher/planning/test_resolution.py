from __future__ import annotations

from dataclasses import replace

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import Load, LoadState, PlanHeader
from treadle_contract.value import ValueRef
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.resolution import resolve
from treadle_launcher.store.records import Materialization

REF = ValueRef(store="home", key="k", codec="p5", size_bytes=1, checksum="x:1")


def plan(*loads: Load) -> Plan:
    return Plan(
        header=PlanHeader(location="here", digest="d", fingerprint="f"),
        loads=loads,
    )


def record(key: str, value_ref: ValueRef | None = REF) -> Materialization:
    return Materialization(
        asset_key=KeyText(key),
        run_id=RunId("r"),
        step_key=StepKey("s"),
        attempt=1,
        store_sequence=7,
        time=TimeUs(5),
        location="here",
        digest="d",
        value_ref=value_ref,
    )


def test_a_load_gets_the_record_that_it_reads():
    found = resolve(
        plan(Load(asset_key=KeyText("a"), io_manager_key="io_manager", builtin_manager=True)),
        {KeyText("a"): record("a")},
    )
    (load,) = found.plan.loads
    assert (load.state, load.run_id, load.value_ref) == (LoadState.RECORDED, "r", REF)
    assert (load.store_sequence, load.materialized_at) == (7, as_moment(TimeUs(5)))
    assert (found.missing, found.refused) == ((), ())


def test_a_load_without_a_record_is_refused_and_a_sibling_is_missing_too():
    found = resolve(
        plan(
            Load(asset_key=KeyText("a"), io_manager_key="io_manager", builtin_manager=True),
            Load(
                asset_key=KeyText("b"),
                sibling=True,
                io_manager_key="io_manager",
                builtin_manager=True,
            ),
        ),
        {},
    )
    assert found.missing == ("b",)
    assert [load.asset_key for load in found.refused] == ["a", "b"]


def test_a_load_through_a_user_s_manager_is_tried():
    found = resolve(
        plan(Load(asset_key=KeyText("a"), builtin_manager=False, io_manager_key="io_manager")), {}
    )
    assert found.refused == ()
    assert found.plan.loads[0].state is LoadState.UNRECORDED


def test_a_record_without_a_value_is_none_for_our_own_manager_only():
    records = {KeyText("a"): record("a", value_ref=None)}
    ours = resolve(
        plan(Load(asset_key=KeyText("a"), io_manager_key="io_manager", builtin_manager=True)),
        records,
    )
    theirs = resolve(
        plan(Load(asset_key=KeyText("a"), builtin_manager=False, io_manager_key="io_manager")),
        records,
    )
    assert [load.asset_key for load in ours.refused] == ["a"]
    assert ours.plan.loads[0].gone == "it was made without a value"
    assert theirs.plan.loads[0].state is LoadState.RECORDED


def test_a_value_that_cannot_be_read_is_no_record_and_says_why():
    gone = replace(record("a"), gone="its value is gone from the disk (/v/a)")
    sibling = Load(
        asset_key=KeyText("a"), sibling=True, io_manager_key="io_manager", builtin_manager=True
    )

    found = resolve(plan(sibling), {KeyText("a"): gone})

    assert found.missing == ("a",)
    (load,) = found.refused
    assert (load.state, load.gone, load.value_ref) == (LoadState.UNRECORDED, gone.gone, None)


def test_what_a_user_s_manager_stored_is_read_by_it_whatever_became_of_a_file():
    gone = replace(record("a"), gone="its value is gone from the disk (/v/a)")

    found = resolve(
        plan(Load(asset_key=KeyText("a"), builtin_manager=False, io_manager_key="io_manager")),
        {KeyText("a"): gone},
    )

    assert found.plan.loads[0].state is LoadState.RECORDED
