"""`treadle runs rerun`: going on from a run, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import treadle_client
from treadle_client import Client, RunState
from treadle_client.cli import run

MODULE = """
import time
from pathlib import Path
from treadle import asset, graph_asset, op

HERE = Path(__file__).parent


def note(name):
    with (HERE / "ran").open("a") as file:
        file.write(name + "\\n")


@op
def fetch():
    note("fetch")
    return 1


@op
def finish(number):
    note("finish")
    if (HERE / "broken").exists():
        raise RuntimeError("not yet")
    return number + 1


@graph_asset
def table():
    return finish(fetch())


@asset
def report(table):
    note("report")
    return table + 5


@asset
def slow():
    note("slow")
    if (HERE / "broken").exists():
        time.sleep(600)
"""
OTHER = """
from treadle import asset

@asset
def beside():
    return 7
"""
ONE_LINE = "table or report"


@dataclass(frozen=True)
class Done:
    """What a call of the command gave."""

    status: int
    out: str
    err: str


Treadle = Callable[..., Done]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client]]:
    """A folder of code, and services for it, that tests of this file share."""
    folder = tmp_path_factory.mktemp("code")
    (folder / "table.py").write_text(MODULE)
    with treadle_client.local(folder / "table.py", home=folder / "home") as client:
        yield folder, client


@pytest.fixture
def folder(served: tuple[Path, Client]) -> Path:
    """The folder with the code as it stands above, served and broken, with nothing that ran."""
    folder, client = served
    if (folder / "table.py").read_text() != MODULE:
        (folder / "table.py").write_text(MODULE)
        client.reload()
    (folder / "broken").touch()
    ran(folder)
    return folder


@pytest.fixture
def client(served: tuple[Path, Client], folder: Path) -> Client:
    return served[1]


@pytest.fixture
def alone(treadle: Treadle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another folder with the same code, in which no launcher runs and commands are called."""
    (tmp_path / "table.py").write_text(MODULE)
    (tmp_path / "broken").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def treadle(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Treadle:
    """Call the command in the folder of the code, on the home beside it."""
    monkeypatch.chdir(folder)

    def call(*arguments: str) -> Done:
        capfd.readouterr()
        status = run([*arguments, "--home", "home"])
        captured = capfd.readouterr()
        return Done(int(status), captured.out, captured.err)

    return call


@pytest.fixture
def failed(client: Client, folder: Path) -> str:
    """A run whose second op failed, on code that is mended since."""
    result = client.materialize(ONE_LINE).result(timeout=60)
    assert result.status is RunState.FAILED
    mend(folder)
    return result.run_id


def mend(folder: Path) -> None:
    (folder / "broken").unlink()
    ran(folder)


def ran(folder: Path) -> list[str]:
    """Return what ran since the last call, sorted."""
    path = folder / "ran"
    names = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return sorted(names)


def newest(client: Client) -> treadle_client.Run:
    return next(iter(client.runs()))


def test_a_rerun_runs_what_failed_and_below_and_says_what_it_reuses(
    treadle: Treadle, failed: str, folder: Path
) -> None:
    done = treadle("runs", "rerun", failed)

    assert done.status == 0
    assert f"table.fetch reused from run {failed}" in done.out
    assert f"again from what failed in run {failed}" in done.out
    assert "SUCCEEDED, 2 assets made" in done.out
    assert ran(folder) == ["finish", "report"]


def test_a_rerun_that_fails_ends_with_1_and_says_what_to_type(
    treadle: Treadle, failed: str, folder: Path, client: Client
) -> None:
    (folder / "broken").touch()

    done = treadle("runs", "rerun", failed, "--from-failure")

    assert done.status == 1
    assert f"Go on from it: treadle runs rerun {newest(client).run_id} --home home" in done.err


def test_a_plan_says_what_would_run_and_why_and_runs_nothing(
    treadle: Treadle, failed: str, client: Client, folder: Path
) -> None:
    done = treadle("runs", "rerun", failed, "--plan")

    lines = [line.split() for line in done.out.splitlines()]
    assert done.status == 0
    assert ["table.fetch", "REUSE", "result", "From", "run", f"{failed}."] in lines
    assert f"Failed in run {failed}." in done.out
    assert f"Re-execution from what failed in run {failed}" in done.out
    assert newest(client).run_id == failed
    assert ran(folder) == []


def test_a_plan_is_a_document_for_machines(treadle: Treadle, failed: str) -> None:
    done = treadle("runs", "rerun", failed, "--plan", "--json", "--steps", "report")

    plan = json.loads(done.out)
    verdicts = {step["key"]: step["verdict"] for step in plan["steps"]}
    assert verdicts["report"] == "RUN"
    assert verdicts["table.fetch"] == "REUSE"
    assert plan["reexecution"]["parent_run_id"] == failed
    assert plan["reexecution"]["step_expressions"] == ["report"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (("--steps", "table.fetch", "--steps", "report"), ["fetch", "report"]),
        (("--all",), ["fetch", "finish", "report"]),
    ],
)
def test_steps_that_are_named_run_again(
    treadle: Treadle, failed: str, folder: Path, chosen: tuple[str, ...], expected: list[str]
) -> None:
    whole = treadle("runs", "rerun", failed, "--json")
    parent = json.loads(whole.out.splitlines()[-1])["run_id"]
    ran(folder)

    done = treadle("runs", "rerun", parent, *chosen)

    assert done.status == 0
    assert ran(folder) == expected


def test_what_changed_runs_again_when_it_is_asked_for(
    treadle: Treadle, failed: str, folder: Path, client: Client
) -> None:
    (folder / "table.py").write_text(MODULE.replace("return 1\n", "return 2\n"))
    client.reload()

    assert treadle("runs", "rerun", failed, "--rerun-changed").status == 0

    assert ran(folder) == ["fetch", "finish", "report"]


def test_other_code_is_refused_where_the_same_is_wanted(
    treadle: Treadle, failed: str, folder: Path, client: Client
) -> None:
    (folder / "table.py").write_text(MODULE.replace("return 1\n", "return 2\n"))
    client.reload()

    done = treadle("runs", "rerun", failed, "--same-code")
    plan = treadle("runs", "rerun", failed, "--same-code", "--plan", "--json")

    assert (done.status, plan.status) == (2, 2)
    assert "table" in done.err
    assert json.loads(plan.out)["error"]["reason"] == "CODE_CHANGED"
    assert ran(folder) == []


def test_events_and_the_result_are_documents_for_machines(treadle: Treadle, failed: str) -> None:
    done = treadle("runs", "rerun", failed, "--json")

    documents = [json.loads(line) for line in done.out.splitlines()]
    assert documents[0]["kind"] == "run_submitted"
    assert "step_reused" in {each.get("kind") for each in documents}
    assert documents[-1]["status"] == "SUCCEEDED"
    assert documents[-1]["steps"]["table.fetch"]["reused_from_run_id"] == failed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--all", "--from-failure"), "exclude each other"),
        (("--all", "--steps", "table"), "exclude each other"),
        (("--steps", "table", "--from-failure"), "exclude each other"),
        (("--detach", "-f", "table.py"), "needs a running launcher"),
        (("--timeout", "soon"), "'soon' is not a duration"),
        (("--timeout", "0"), "'0' is not a duration"),
        (("--retry-lost", "-1"), "-1"),
        (("--tag", "etl"), "'etl' is not KEY=VALUE"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_starts(
    treadle: Treadle, arguments: tuple[str, ...], said: str
) -> None:
    done = treadle("runs", "rerun", "R", *arguments)

    assert done.status == 2
    assert said in done.err


def test_what_is_no_run_or_no_step_is_refused_with_what_there_is(
    treadle: Treadle, failed: str
) -> None:
    no_run = treadle("runs", "rerun", "nonsense")
    no_step = treadle("runs", "rerun", failed, "--steps", "table.finnish")

    assert (no_run.status, no_step.status) == (2, 2)
    assert "`treadle runs` lists them" in no_run.err
    assert "table.finish" in no_step.err


def test_a_run_of_which_nothing_failed_has_nothing_to_go_on_from(
    treadle: Treadle, client: Client, folder: Path
) -> None:
    mend(folder)
    whole = client.materialize(ONE_LINE).result(timeout=60).run_id

    done = treadle("runs", "rerun", whole)

    assert done.status == 2
    assert whole in done.err


def test_a_detached_rerun_prints_its_id_and_goes_on(
    treadle: Treadle, failed: str, client: Client
) -> None:
    done = treadle("runs", "rerun", failed, "--detach")

    assert client.run(done.out.strip()).result(timeout=60).succeeded


def test_what_is_said_of_the_run_reaches_it(treadle: Treadle, failed: str, client: Client) -> None:
    arguments = (
        *("runs", "rerun", failed, "--tag", "why=test", "--timeout", "90", "--retry-lost", "2"),
        *("--idempotency-key", "k", "--detach"),
    )
    first, second = treadle(*arguments), treadle(*arguments)
    client.run(first.out.strip()).result(timeout=60)

    made = newest(client)
    assert first.out == second.out
    assert first.err == ""
    assert f"This request was made before: run {first.out.strip()} of " in second.err
    assert made.run_id == first.out.strip()
    assert (made.timeout, made.retry_lost) == (timedelta(seconds=90), 2)
    assert made.tags == {"why": "test"}

    # With what was said of it before; and without.
    for extra, expected in (
        ((), (timedelta(seconds=90), 2)),
        (("--timeout", "none", "--retry-lost", "0"), (None, 0)),
    ):
        again = treadle("runs", "rerun", made.run_id, "--all", *extra, "--detach")
        later = client.run(again.out.strip())
        later.result(timeout=60)
        assert (later.describe().timeout, later.describe().retry_lost) == expected
        assert later.describe().tags == {"why": "test"}


def test_a_key_is_not_used_again_to_take_a_limit_away(
    treadle: Treadle, failed: str, client: Client
) -> None:
    arguments = ("runs", "rerun", failed, "--idempotency-key", "another", "--detach")
    first = treadle(*arguments)
    client.run(first.out.strip()).result(timeout=60)

    other = treadle(*arguments, "--timeout", "none")

    assert other.status == 2
    assert first.out.strip() in other.err


def test_a_run_whose_time_was_over_is_gone_on_from_with_more(
    treadle: Treadle, client: Client, folder: Path
) -> None:
    over = treadle("materialize", "--select", "slow", "--timeout", "0.5")
    run_id = newest(client).run_id
    assert over.status == 1
    assert "What succeeded is kept: rerun the run with more time." in over.out
    typed = f"treadle runs rerun {run_id} --timeout 1 --home home"
    assert f"Go on from it with more time: {typed}" in over.err
    mend(folder)

    again = treadle(*typed.split()[1:-2], "--timeout", "60")

    assert again.status == 0
    assert newest(client).timeout == timedelta(seconds=60)


def test_code_is_served_as_the_location_that_the_run_is_of(treadle: Treadle, alone: Path) -> None:
    (alone / "other.py").write_text(OTHER)
    assert treadle("materialize", "-f", "table.py", "-f", "other.py", "-s", ONE_LINE).status == 1
    mend(alone)
    run_id = json.loads(treadle("runs", "-f", "other.py", "--json").out)[0]["run_id"]

    plan = treadle("runs", "rerun", run_id, "--plan", "-f", "other.py", "-f", "table.py")
    (alone / "table.py").rename(alone / "renamed.py")
    done = treadle("runs", "rerun", run_id, "-f", "renamed.py", "-f", "other.py")

    assert plan.status == 0
    assert "at table:" in plan.out
    assert done.status == 0
    assert "The code is served as location table, of which the run is." in done.err
    assert ran(alone) == ["finish", "report"]


def test_a_launcher_that_serves_another_location_says_how_to_serve_the_run_s(
    treadle: Treadle, alone: Path
) -> None:
    with treadle_client.local(alone / "table.py", home=alone / "home") as client:
        run_id = client.materialize(ONE_LINE).result(timeout=60).run_id
    (alone / "other.py").write_text(OTHER)
    with treadle_client.local(alone / "other.py", home=alone / "home"):
        done = treadle("runs", "rerun", run_id)

    assert done.status == 2
    assert f"Run {run_id} is of location table" in done.err
    assert "treadle dev --name table -f FILE" in done.err
