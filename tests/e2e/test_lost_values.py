"""Stored values that are gone or damaged: found when a run is planned, made again, nobody's error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session
from treadle_client import (
    FailureReason,
    LoadState,
    NeverMaterializedError,
    StepState,
    UnrecordedLoads,
    Verdict,
)

CODE = """
from pathlib import Path
from treadle import AssetOut, AssetSpec, In, Nothing, Out, asset, graph_asset, graph_multi_asset, op

HERE = Path(__file__).parent
ext = AssetSpec("ext")


@asset
def base():
    return 1


@asset
def top(base):
    return base + 10


@op
def make():
    return 5


@op
def use(number):
    return number * 2


@graph_multi_asset(
    outs={"part": AssetOut(), "whole": AssetOut()}, can_subset=True,
)
def block():
    part = make()
    return {"part": part, "whole": use(part)}


@op
def harm(number):
    # The file of a stored value: removed, or one bit of it flipped.
    order = HERE / "harm"
    if order.exists():
        how, path = order.read_text().split(maxsplit=1)
        order.unlink()
        file = Path(path)
        if how == "remove":
            file.unlink()
        else:
            data = bytearray(file.read_bytes())
            data[70] ^= 1
            file.write_bytes(data)
    return number


@op
def add(one, other):
    return one + other


@op
def zero():
    return 0


@graph_asset
def late(base):
    return add(harm(zero()), base)


@asset
def of_ext(ext):
    return ext
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("code") / "lost_assets.py"
    path.write_text(CODE)
    return path


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, module: Path) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(module, home=home) as client:
        yield Session(client, home)


def file_of(session: Session, key: str) -> Path:
    latest = next(session.client.materializations(key))
    assert latest.value_ref is not None
    return session.home / "values" / latest.value_ref.key


def test_a_value_that_is_gone_is_refused_with_its_file_and_a_selection_that_makes_it(
    session: Session,
) -> None:
    session.succeed("base")
    file = file_of(session, "base")
    file.unlink()
    gone = f"its value is gone from the disk ({file})"

    with pytest.raises(NeverMaterializedError) as refused:
        session.client.plan("top")

    assert str(refused.value).startswith(
        f"The plan loads base: {gone}. To make it too, select: top or base."
    )
    assert refused.value.smallest == "top or base"
    assert next(session.client.materializations("base")).gone == gone
    listed = {entry.asset.key: entry.latest for entry in session.client.assets()}
    assert listed["base"] is not None
    assert listed["base"].gone == gone
    session.succeed(refused.value.smallest)
    assert session.value("top") == 11
    assert next(session.client.materializations("base")).gone == ""


def test_a_value_of_another_size_is_damaged(session: Session) -> None:
    session.succeed("base")
    file = file_of(session, "base")
    file.write_bytes(b"short")

    with pytest.raises(
        NeverMaterializedError, match=r"base: its value is damaged \(.* has 5 bytes"
    ):
        session.client.materialize("top")


def test_a_sibling_whose_value_is_gone_joins_the_plan_with_that_reason(session: Session) -> None:
    session.succeed("part or whole")
    file = file_of(session, "part")
    file.unlink()

    plan = session.client.plan("whole")

    steps = {step.key: step for step in plan.steps}
    assert steps["block.make"].verdict is Verdict.RUN
    assert steps["block.make"].reason == (
        f"Feeds block.use: its value is gone from the disk ({file})."
    )
    session.succeed(plan=plan)


def test_an_unread_value_that_is_gone_is_tried_at_its_caller_s_word(session: Session) -> None:
    session.succeed("base")
    file_of(session, "base").unlink()

    plan = session.client.plan("top", unrecorded_loads=UnrecordedLoads.TRY)
    result = session.run("top", unrecorded_loads=UnrecordedLoads.TRY)

    assert plan.loads[0].state is LoadState.UNRECORDED
    assert plan.loads[0].gone.startswith("its value is gone from the disk")
    (failed,) = result.failed_steps
    assert failed.failure is not None
    assert failed.failure.message.endswith("Make it first, in a run that selects it.")


@pytest.mark.parametrize("how", ["remove", "flip"])
def test_a_value_lost_between_plan_and_load_is_no_error_of_the_op_and_a_rerun_makes_it_again(
    session: Session, module: Path, how: str
) -> None:
    session.succeed("base")
    file = file_of(session, "base")
    (module.parent / "harm").write_text(f"{how} {file}")

    result = session.run("late")

    (failed,) = result.failed_steps
    assert failed.key == "late.add"
    assert failed.failure is not None
    assert (failed.failure.reason, failed.failure.where) == (FailureReason.STALE, None)
    assert str(file) in failed.failure.message
    assert f"`treadle runs rerun {result.run_id}` makes it again" in failed.failure.message
    assert failed.failure.traceback is None or not str(failed.failure.traceback)
    plan = session.client.run(result.run_id).plan_rerun()
    reasons = {step.key: step.reason for step in plan.steps}
    verb = "gone from the disk" if how == "remove" else "damaged"
    assert reasons["base"].startswith(f"Makes base and feeds late.add: its value is {verb} ({file}")
    again = session.client.run(result.run_id).rerun().result(timeout=60)
    again.raise_for_failure()
    assert {key: step.state for key, step in again.steps.items()} == {
        "base": StepState.SUCCEEDED,
        "late.add": StepState.SUCCEEDED,
        "late.harm": StepState.SUCCEEDED,
        "late.zero": StepState.SUCCEEDED,
    }
    assert again.steps["late.harm"].reused_from_run_id == result.run_id


def flip(file: Path) -> None:
    """Damage a value so that its file looks as before."""
    data = bytearray(file.read_bytes())
    data[70] ^= 1
    file.write_bytes(data)


def test_a_damaged_value_that_a_step_found_is_refused_from_then_on_until_it_is_made(
    session: Session,
) -> None:
    session.succeed("base")
    file = file_of(session, "base")
    whole = file.read_bytes()
    flip(file)
    (failed,) = session.run("top").failed_steps
    assert failed.failure is not None
    assert failed.failure.reason is FailureReason.STALE
    damaged = f"its value is damaged ({file} has checksum crc32:"

    with pytest.raises(NeverMaterializedError) as refused:
        session.client.plan("top")

    assert str(refused.value).startswith(f"The plan loads base: {damaged}")
    assert refused.value.smallest == "top or base"
    assert next(session.client.materializations("base")).gone.startswith(damaged)
    file.write_bytes(whole)
    session.succeed("top")
    flip(file)
    # Nobody doubts it: it was read and found whole.
    assert session.client.plan("top").loads[0].state is LoadState.RECORDED
    session.succeed("top or base")
    assert session.value("top") == 11


def test_a_sibling_whose_value_is_damaged_joins_the_plan_once_a_step_found_it(
    session: Session,
) -> None:
    session.succeed("part or whole")
    file = file_of(session, "part")
    flip(file)
    first = session.run("whole")

    plan = session.client.plan("whole")

    assert [step.failure.reason for step in first.failed_steps if step.failure] == [
        FailureReason.STALE
    ]
    steps = {step.key: step for step in plan.steps}
    assert steps["block.make"].verdict is Verdict.RUN
    assert f"its value is damaged ({file} has checksum" in steps["block.make"].reason
    session.succeed(plan=plan)


def test_a_load_of_what_nothing_makes_says_what_would_load_it(session: Session) -> None:
    with pytest.raises(NeverMaterializedError) as refused:
        session.client.plan("of_ext")
    result = session.run("of_ext", unrecorded_loads=UnrecordedLoads.TRY)

    (failed,) = result.failed_steps
    assert failed.failure is not None
    for said in (str(refused.value), failed.failure.message):
        assert "AssetIn(input_manager_key=…)" in said
        assert "deps=['ext']" in said
        assert "select" not in said
        assert "tried" not in said
