"""Stored values come and go: what nothing needs is swept, what anything needs is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start
from tests.e2e.standing import standing, wait_for
from treadle_client import GarbageReason

CODE = """
import time
from pathlib import Path
from treadle import AssetOut, Output, asset, graph_asset, multi_asset, op

HERE = Path(__file__).parent


@asset
def source():
    number = len(list(HERE.glob("made-*"))) + 1
    (HERE / f"made-{number}").touch()
    return number


@asset(keep_versions=4)
def lasting():
    return 1


@op
def gate():
    (HERE / "waiting").touch()
    while not (HERE / "release").exists():
        time.sleep(0.01)
    return 0


@op
def add(nothing, number):
    return nothing + number


@graph_asset
def slow_reader(source):
    return add(gate(), source)


@multi_asset(outs={"stored": AssetOut(), "never": AssetOut()})
def half():
    yield Output(1, "stored")
    raise ValueError("the second one cannot be made")


@asset
def linked():
    return 1


@op
def one():
    return 1


@op
def two(one):
    return one + 1


@graph_asset
def chained():
    return two(one())
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "gc_assets.py"
    path.write_text(CODE)
    return path


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Services that tests share, each of which makes assets that no other one makes."""
    folder = tmp_path_factory.mktemp("gc")
    (folder / "gc_assets.py").write_text(CODE)
    with treadle_client.local(folder / "gc_assets.py", home=folder / "home") as client:
        yield Session(client, folder / "home")


def values(home: Path) -> set[str]:
    """Return the keys of the values that are stored; one that is being written is not yet."""
    root = home / "values"
    # Not rglob: a folder may go while it is looked through.
    return {
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, names in os.walk(root)
        for name in names
        # KNOWN is the mark that tells how far the database knows of them.
        if name != "KNOWN"
        and not (name.startswith(".unfinished-") or os.path.islink(os.path.join(folder, name)))
    }


def of_asset(session: Session, asset: str) -> set[str]:
    return {key for key in values(session.home) if f"/{asset}/=/" in key}


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "treadle_client", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_a_failed_attempt_had_stored_goes_when_its_run_ends(session: Session) -> None:
    result = session.run("stored or never")
    assert not result.succeeded

    def left() -> set[str]:
        return {key for key in values(session.home) if result.run_id in key}

    wait_for(lambda: not left(), session.client)

    assert list(session.client.materializations("stored")) == []


def test_three_versions_of_an_asset_stay_and_its_history_all(session: Session) -> None:
    for _ in range(5):
        session.succeed("source or lasting")

    wait_for(lambda: len(of_asset(session, "source")) == 3, session.client)
    # It says itself how many.
    wait_for(lambda: len(of_asset(session, "lasting")) == 4, session.client)

    made = list(session.client.materializations("source"))
    assert len(made) == 5
    kept = {each.value_ref.key for each in made[:3] if each.value_ref}
    assert of_asset(session, "source") == kept
    assert session.value("source") == 5


def test_a_version_that_a_run_is_to_read_stays_until_that_run_is_over(
    start: Start, module: Path, tmp_path: Path
) -> None:
    session = start(module, max_steps=4, keep_versions=2)
    session.succeed("source")
    first = of_asset(session, "source")
    reader = session.client.materialize("slow_reader")
    wait_for((tmp_path / "waiting").exists, session.client)

    for _ in range(4):
        session.succeed("source")
    session.client.collect_garbage()
    assert first < of_asset(session, "source")

    (tmp_path / "release").touch()
    reader.result(timeout=60).raise_for_failure()
    assert session.value("slow_reader") == 1
    session.client.collect_garbage()
    assert len(of_asset(session, "source")) == 2
    assert not first & of_asset(session, "source")


def test_nothing_of_a_run_that_goes_on_is_swept(start: Start, module: Path, tmp_path: Path) -> None:
    session = start(module, max_steps=4)
    session.succeed("source")
    run = session.client.materialize("slow_reader or chained")
    wait_for((tmp_path / "waiting").exists, session.client)
    wait_for(lambda: bool(of_asset(session, "chained")), session.client)
    before = values(session.home)

    session.client.collect_garbage()

    assert before == values(session.home)
    run.cancel()
    run.result(timeout=60)


def test_intermediates_are_kept_for_so_long_and_the_plan_says_why(session: Session) -> None:
    run = session.succeed("chained")
    assert session.client.collect_garbage().removed_count == 0
    assert list(session.client.garbage()) == []

    (garbage,) = session.client.garbage(keep_intermediates=timedelta())

    assert garbage.reason is GarbageReason.INTERMEDIATE
    assert garbage.run_id == run.run_id
    assert garbage.asset_key is None
    assert garbage.key in values(session.home)
    collected = session.client.collect_garbage(keep_intermediates=timedelta())
    assert collected.removed_count == 1
    assert collected.removed_bytes == garbage.size_bytes
    assert not (session.home / "values" / "runs" / run.run_id).exists()
    assert session.value("chained") == 2


def test_the_link_for_people_names_the_latest_version(session: Session) -> None:
    session.succeed("linked")
    link = session.home / "values" / "assets" / "gc_assets" / "linked" / "current"
    wait_for(link.is_symlink, session.client)
    first = os.readlink(link)

    session.succeed("linked")

    wait_for(lambda: os.readlink(link) != first, session.client)
    latest = next(session.client.materializations("linked")).value_ref
    assert latest is not None
    assert link.resolve() == (session.home / "values" / latest.key).resolve()


def test_a_launcher_sweeps_what_one_before_it_left(module: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with treadle_client.local(module, home=home) as client:
        run_id = client.materialize("chained").result(timeout=60).run_id
    # What is of a run that this home's database does not know, may be of a newer one.
    unknown = "assets/gc_assets/chained/=/01M8A1J5HARBW0P71FX96MDSAD.chained.1"
    left = (
        "assets/gc_assets/chained/=/.unfinished-0123456789abcdef",
        f"assets/gc_assets/chained/=/{run_id}.chained.7",
        f"runs/{run_id}/chained%2Eone/7/result",
        unknown,
    )
    kept = {*values(home), unknown}
    for key in left:
        path = home / "values" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"torn")
        # From before the last that is recorded.
        os.utime(path, (0, 0))
    link = home / "values/assets/gc_assets/chained/current"
    link.unlink(missing_ok=True)

    with treadle_client.local(module, home=home) as client:
        wait_for(lambda: values(home) == kept and link.is_symlink(), client)


def test_a_standing_launcher_keeps_intermediates_as_it_was_told(
    module: Path, tmp_path: Path
) -> None:
    with standing(module, tmp_path / "home") as services:
        with services.connect() as client:
            client.materialize("chained").result(timeout=60)
        services.stop_launcher()
        services.start_launcher("--keep-intermediates", "0s")
        with services.connect() as client:
            wait_for(lambda: len(values(services.home)) == 1, client)


def test_the_command_plans_and_collects_without_a_launcher(module: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    assert (
        command("materialize", "-f", str(module), "--home", home, "-s", "chained").returncode == 0
    )

    planned = command("gc", "--plan", "--keep-intermediates", "0", "--home", home)
    assert planned.returncode == 0
    assert "intermediate" in planned.stdout
    assert "/chained.one/1/result" in planned.stdout
    assert f"`treadle gc --keep-intermediates 0 --home {home}` removes it." in planned.stdout
    as_json = command("gc", "--plan", "--keep-intermediates", "0", "--home", home, "--json")
    (garbage,) = json.loads(as_json.stdout)
    assert garbage["reason"] == "intermediate"

    used = json.loads(command("disk", "--home", home, "--json").stdout)
    assert [(use["asset_key"], use["value_count"]) for use in used] == [("chained", 1), (None, 2)]
    assert "chained" in command("disk", "--home", home).stdout

    collected = command("gc", "--keep-intermediates", "0", "--home", home)
    assert collected.stdout.startswith("Removed 1 value, ")
    assert len(values(tmp_path / "home")) == 1


def test_the_command_wants_a_home_and_a_time(tmp_path: Path) -> None:
    nowhere = command("gc", "--home", str(tmp_path / "nowhere"))
    assert nowhere.returncode == 2
    assert "not a home" in nowhere.stderr
    assert not (tmp_path / "nowhere").exists()
    assert command("gc", "--keep-intermediates", "a week").returncode == 2
