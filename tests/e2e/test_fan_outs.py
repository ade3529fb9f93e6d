"""Fan-outs through all processes: what a re-execution runs of them, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.standing import Standing, standing, wait_for
from treadle_client import Client, RunHandle, RunResult, StepStarted, StepState, local

MODULE = """
import os
import signal
import time
from pathlib import Path

from treadle import DynamicOut, DynamicOutput, RetryPolicy, graph_asset, op

HERE = Path(__file__).parent


def named_in(name, context):
    return (HERE / name).exists() and context.step_key in (HERE / name).read_text().split()


def note(context):
    with (HERE / "ran").open("a") as file:
        file.write(context.step_key.partition(".")[2] + "\\n")
    if named_in("broken", context):
        raise RuntimeError("not yet")
    if named_in("killed", context) and not context.retry_number:
        os.kill(os.getpid(), signal.SIGKILL)
    while named_in("waits", context):
        time.sleep(0.01)


@op(out=DynamicOut())
def fan(context):
    note(context)
    more = (HERE / "more").exists()
    for number in range(4 if more else 3):
        yield DynamicOutput(number, mapping_key=f"k{number}")


@op(retry_policy=RetryPolicy(max_retries=1, on={"signal"}))
def first(context, number):
    note(context)
    return number


@op(out=DynamicOut())
def inner(context, number):
    note(context)
    for each in range(number):
        yield DynamicOutput(10 * number + each, mapping_key=f"i{each}")


@op(retry_policy=RetryPolicy(max_retries=1, on={"signal"}))
def work(context, number):
    note(context)
    return number


@op
def some(context, numbers):
    note(context)
    return sum(numbers)


@op
def last(context, numbers):
    note(context)
    return numbers


@graph_asset
def a():
    def of_one(number):
        return some(inner(number).map(work).collect())

    return last(fan().map(first).map(of_one).collect())
"""

BELOW_K2 = ["inner[k2]", "last", "some[k2]", "work[k2][i0]", "work[k2][i1]"]
ALL = [
    "fan",
    *(f"{op}[k{each}]" for op in ("first", "inner") for each in range(3)),
    "last",
    *(f"some[k{each}]" for each in range(3)),
    *("work[k1][i0]", "work[k2][i0]", "work[k2][i1]"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fan-outs")
    (folder / "m.py").write_text(MODULE)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with local(folder / "m.py", home=folder / "home") as client:
        yield client


@pytest.fixture(scope="module")
def whole(client: Client) -> str:
    """Return a run in which all went well."""
    result = client.materialize("a").result(timeout=60)
    assert result.succeeded
    return result.run_id


@pytest.fixture
def begun(folder: Path) -> Path:
    """Return the folder, in which nothing ran yet, and nothing is broken."""
    for name in ("ran", "broken", "more", "killed", "waits"):
        (folder / name).unlink(missing_ok=True)
    return folder


def ran(folder: Path) -> list[str]:
    noted = (folder / "ran").read_text().split()
    (folder / "ran").unlink()
    return sorted(noted)


def failed(client: Client, folder: Path, step: str) -> RunResult:
    (folder / "broken").write_text(f"a.{step}")
    result = client.materialize("a").result(timeout=60)
    (folder / "broken").unlink()
    (folder / "ran").unlink()
    assert not result.succeeded
    return result


@pytest.mark.parametrize(
    ("broken", "again"),
    [
        ("work[k2][i0]", ["last", "some[k2]", "work[k2][i0]"]),
        ("inner[k2]", BELOW_K2),
        ("first[k2]", ["first[k2]", *BELOW_K2]),
        ("fan", ALL),
        ("last", ["last"]),
    ],
)
def test_what_failed_runs_again_and_what_lies_below(
    client: Client, begun: Path, broken: str, again: list[str]
) -> None:
    parent = failed(client, begun, broken)

    result = client.rerun(parent.run_id).result(timeout=60)

    assert result.succeeded
    assert ran(begun) == sorted(again)
    assert client.load("a") == [0, 10, 41]


@pytest.mark.parametrize(
    ("steps", "again"),
    [
        (["a.work[k2]"], ["work[k2][i0]", "work[k2][i1]"]),
        (["a.work[k2][i1]+1"], ["some[k2]", "work[k2][i1]"]),
        (["a.work[?][?]"], ["work[k1][i0]", "work[k2][i0]", "work[k2][i1]"]),
        (["a.first[?]"], ["first[k0]", "first[k1]", "first[k2]"]),
        (["2+a.work[k1][i0]"], ["first[k1]", "inner[k1]", "work[k1][i0]"]),
        # What it yields now, nobody knows: all that is mapped over it runs.
        (["a.fan"], [each for each in ALL if each != "last"]),
        (["a.inner[k2]"], ["inner[k2]", "work[k2][i0]", "work[k2][i1]"]),
    ],
)
def test_steps_are_named_by_their_keys(
    client: Client, whole: str, begun: Path, steps: list[str], again: list[str]
) -> None:
    result = client.rerun(whole, steps=steps).result(timeout=60)

    assert result.succeeded
    assert ran(begun) == sorted(again)


def test_a_fan_out_that_runs_again_is_expanded_anew(client: Client, begun: Path) -> None:
    parent = failed(client, begun, "first[k0]")
    (begun / "more").touch()

    handle = client.rerun(parent.run_id, steps=["a.fan+"])

    assert handle.result(timeout=60).succeeded
    assert client.load("a") == [0, 10, 41, 93]
    assert {step.key: step.state for step in handle.steps()}["a.some[k3]"] is StepState.SUCCEEDED


def test_a_run_that_goes_on_from_one_that_went_on_knows_the_elements(
    client: Client, begun: Path
) -> None:
    parent = failed(client, begun, "work[k1][i0]")
    (begun / "broken").write_text("a.last")
    second = client.rerun(parent.run_id).result(timeout=60)
    (begun / "broken").unlink()
    ran(begun)

    result = client.rerun(second.run_id).result(timeout=60)

    assert result.succeeded
    assert ran(begun) == ["last"]
    assert client.load("a") == [0, 10, 41]


def succeeded(run: RunHandle) -> set[str]:
    return {
        step.key.removeprefix("a.") for step in run.steps() if step.state is StepState.SUCCEEDED
    }


@pytest.mark.parametrize("waiting", ["fan", "first[k2]", "work[k2][i0]"])
def test_what_a_cancelled_run_did_not_end_runs_again(
    client: Client, begun: Path, waiting: str
) -> None:
    """As of dagster#30077, #20925, #30248: nothing is taken for done that was not."""
    (begun / "waits").write_text(f"a.{waiting}")
    parent = client.materialize("a")
    for event in parent.events():
        if isinstance(event, StepStarted) and event.step_key == f"a.{waiting}":
            parent.cancel()
    (begun / "waits").unlink()
    done = succeeded(parent)
    (begun / "ran").unlink(missing_ok=True)

    result = client.rerun(parent.run_id).result(timeout=60)

    assert result.succeeded
    assert ran(begun) == sorted(set(ALL) - done)
    assert client.load("a") == [0, 10, 41]


def test_chains_whose_processes_are_killed_go_on(client: Client, begun: Path) -> None:
    """As of dagster#30972: each element is tried again by itself, and no other waits for it."""
    (begun / "killed").write_text("a.first[k1] a.first[k2] a.work[k2][i1]")

    result = client.materialize("a").result(timeout=60)

    assert result.succeeded
    assert ran(begun) == sorted([*ALL, "first[k1]", "first[k2]", "work[k2][i1]"])
    assert client.load("a") == [0, 10, 41]


@pytest.fixture(scope="module")
def services(folder: Path) -> Iterator[Standing]:
    with standing(folder / "m.py", folder / "standing") as services:
        yield services


@pytest.mark.parametrize("waiting", ["fan", "inner[k2]"])
def test_a_fan_out_that_ends_without_a_launcher_is_expanded_by_the_next(
    services: Standing, begun: Path, waiting: str
) -> None:
    (begun / "waits").write_text(f"a.{waiting}")
    noted = begun / "ran"
    with services.connect() as client:
        run_id = client.materialize("a").run_id
        wait_for(lambda: noted.exists() and waiting in noted.read_text().split(), client)
    services.kill_launcher()
    (begun / "waits").unlink()

    services.start_launcher()

    with services.connect() as client:
        assert client.run(run_id).result(timeout=60).succeeded
        assert client.load("a") == [0, 10, 41]
    assert ran(begun) == sorted(ALL)
