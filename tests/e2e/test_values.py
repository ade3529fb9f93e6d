"""Values come back: of assets and of steps, into the process of who asks."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session
from treadle_client import NotFoundError, NotMadeError, ValueUnreadableError

MODULE = """
from pathlib import Path
from treadle import Definitions, IOManager, MaterializeResult, Out, asset, graph_asset, op

class Texts(IOManager):
    def handle_output(self, context, obj):
        (Path(__file__).parent / "text").write_text(obj)
    def load_input(self, context):
        return (Path(__file__).parent / "text").read_text()

@op(out={"small": Out(), "large": Out()})
def numbers():
    return 1, list(range(1000))

@op
def total(small, large):
    if (Path(__file__).parent / "broken").exists():
        raise ValueError("not now")
    return small + sum(large)

@graph_asset
def summed():
    return total(*numbers())

@asset(io_manager_key="texts")
def text():
    return "x"

class Point:
    def __repr__(self):
        return "a point"

@asset
def point():
    print("not for stdout")
    return Point()

print("imported")

@asset
def nothing() -> MaterializeResult:
    return MaterializeResult(metadata={"rows": 1})

defs = Definitions(assets=[summed, text, point, nothing], resources={"texts": Texts()})
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Path]]:
    folder = tmp_path_factory.mktemp("code")
    (folder / "defs.py").write_text(MODULE)
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(folder / "defs.py", home=home) as client:
        yield Session(client, home), folder


@pytest.fixture
def session(services: tuple[Session, Path]) -> Session:
    return services[0]


def test_the_latest_value_of_an_asset_comes_back_and_that_of_a_run(session: Session) -> None:
    first = session.succeed("summed")
    session.succeed("summed")

    assert session.client.load("summed") == 499501
    assert session.client.load("summed", run=first.run_id) == 499501


def test_what_a_step_yielded_comes_back(session: Session) -> None:
    result = session.succeed("summed")

    assert result.value("summed.numbers", "small") == 1
    assert result.value("summed.numbers", "large") == list(range(1000))
    assert result.value("summed.total") == 499501
    with pytest.raises(NotMadeError, match=r"no output 'result' of the step 'summed\.numbers'"):
        result.value("summed.numbers")


def test_of_a_step_that_was_reused_it_comes_from_the_run_that_made_it(
    services: tuple[Session, Path],
) -> None:
    session, folder = services
    (folder / "broken").touch()
    failed = session.run("summed")
    (folder / "broken").unlink()

    again = session.client.rerun(failed.run_id).result(timeout=60)

    again.raise_for_failure()
    assert again.value("summed.numbers", "small") == 1


def test_what_cannot_come_back_says_why(session: Session) -> None:
    result = session.succeed("text or nothing")

    with pytest.raises(ValueUnreadableError, match="Treadle stored no value of text"):
        session.client.load("text")
    with pytest.raises(
        ValueUnreadableError, match="by the IO manager 'texts', which alone can load it"
    ):
        result.value("text")
    with pytest.raises(
        ValueUnreadableError, match=r"nothing\.result of run .* has no value|no value of"
    ):
        result.value("nothing")
    with pytest.raises(NotFoundError):
        session.client.load("nobody")
    with pytest.raises(NotMadeError, match="has not made 'summed'"):
        session.client.load("summed", run=result.run_id)


def test_a_value_that_is_gone_says_so(session: Session) -> None:
    result = session.succeed("summed")
    ref = result.materializations[0].value_ref
    assert ref is not None
    (session.home / "values" / ref.key).unlink()

    with pytest.raises(ValueUnreadableError, match="its value is gone from the disk"):
        session.client.load("summed", run=result.run_id)
    with pytest.raises(ValueUnreadableError, match="cannot be read"):
        result.value("summed.total")


def test_the_command_shows_a_value(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    from treadle_client.cli import run  # noqa: PLC0415 -- as the command imports it

    session.succeed("summed")

    status = run(["assets", "show", "summed", "--value", "--launcher", session.client.address])

    assert status == 0
    assert "Value of the latest materialization\n499501" in capsys.readouterr().out


def test_of_an_asset_without_a_value_its_definitions_have_none_either(
    services: tuple[Session, Path],
) -> None:
    session, folder = services
    session.succeed("nothing")
    definitions = runpy.run_path(str(folder / "defs.py"))["defs"]

    with pytest.raises(ValueUnreadableError, match=r"Loading nothing: no value of it was stored\."):
        session.client.load("nothing", definitions=definitions)


def test_the_command_says_how_to_read_what_it_needs_the_code_for(
    services: tuple[Session, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from treadle_client.cli import run  # noqa: PLC0415 -- as the command imports it

    session, folder = services
    session.succeed("text or point")

    for key, why in {"text": "an IO manager of its own did", "point": "'defs'"}.items():
        status = run(["assets", "show", key, "--value", "--launcher", session.client.address])

        said = capsys.readouterr().err
        assert status != 0
        assert why in said
        assert f"`treadle assets show {key} --value -f {folder / 'defs.py'}`" in said


@pytest.mark.parametrize(("key", "value"), [("text", "'x'"), ("point", "a point")])
def test_with_its_code_the_command_shows_what_the_users_manager_stored_and_their_classes(
    services: tuple[Session, Path], key: str, value: str
) -> None:
    session, folder = services
    session.succeed(key)
    shown = [sys.executable, "-P", "-m", "treadle_client", "assets", "show", key, "--value"]
    served = ["-f", str(folder / "defs.py"), "--home", str(session.home), "--json"]

    done = subprocess.run(
        [*shown, *served], capture_output=True, text=True, timeout=60, check=True, cwd=folder
    )

    assert json.loads(done.stdout)["value"] == value
    assert "imported" in done.stderr
