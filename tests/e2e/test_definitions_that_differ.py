"""Definitions that are others at each import: they run, or the run says which and in what."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session
from treadle_client import FailureReason, HostReady, LocationNotReadyError, LocationState

# In what stands in metadata, in a default, in the order of a set; and, made only when it is asked
# for, in the wiring.
MODULE = """
import os, pathlib, uuid
from treadle import asset, graph_asset, op

@asset(metadata={"loaded_at": uuid.uuid4().hex}, description=f"By {os.getpid()}")
def stamped():
    return 1

@op
def drawn(number: str = uuid.uuid4().hex):
    return number

@graph_asset
def defaulted():
    return drawn()

def maker(name):
    @op(name=f"make_{name}")
    def make():
        return name
    return make

@op
def join(parts):
    return sorted(parts)

@graph_asset
def joined():
    return join([maker(name)() for name in {"alpha", "beta", "gamma", "delta"}])

imports = pathlib.Path(__file__).with_name("imports")
if imports.exists():
    with imports.open("a") as file:
        file.write("+")

    @graph_asset
    def never_twice():
        return join([maker(f"{name}{imports.stat().st_size}")() for name in "ab"])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    (folder / "differs.py").write_text(MODULE)
    os.utime(folder / "differs.py", (0, 0))
    return folder


@pytest.fixture(scope="module")
def session(folder: Path) -> Iterator[Session]:
    with treadle_client.local(folder / "differs.py", home=folder / "home") as client:
        yield Session(client, folder / "home")


def test_definitions_that_differ_in_what_no_step_rests_on_run_and_are_named(
    session: Session,
) -> None:
    result = session.succeed()

    (ready,) = [event for event in session.events(result.run_id) if isinstance(event, HostReady)]
    (note,) = ready.notes
    assert "asset stamped: description; asset stamped: metadata 'loaded_at';" in note
    assert "op defaulted.drawn: default of 'number';" in note
    assert "joined" not in note
    assert session.value("joined") == ["alpha", "beta", "delta", "gamma"]
    made = {each.digest for each in result.materializations}
    assert made == {session.client.locations()[0].digest}


def test_wiring_that_differs_is_refused_when_the_code_is_loaded_anew(
    session: Session, folder: Path
) -> None:
    (folder / "imports").touch()

    reloaded = session.client.reload()

    assert not reloaded.swapped
    assert reloaded.location.state is LocationState.FAILED
    (report,) = reloaded.location.modules
    assert "never_twice.make_a1 is there in one, and never_twice.make_a2 instead" in str(report)
    with pytest.raises(LocationNotReadyError, match=r"never_twice\.make_a"):
        session.run("joined")

    (folder / "imports").unlink()
    session.client.reload()

    session.succeed("joined")


def test_wiring_that_differs_is_refused_once_a_run_has_found_it_out(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "imports").touch()
    with treadle_client.local(folder / "differs.py", home=tmp_path / "home") as client:
        run = client.materialize("joined").result()
        (location,) = client.locations()

    failure = run.failure
    assert failure is not None
    assert failure.reason is FailureReason.UNSTABLE
    assert " is there in one, and never_twice.make_a" in failure.message
    assert "differs.py" not in failure.message
    assert "again" not in failure.message
    assert location.state is LocationState.FAILED
    assert location.modules[0].problem.head == failure.message
