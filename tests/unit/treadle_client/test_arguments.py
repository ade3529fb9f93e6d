"""What callers of the SDK give that is of another kind: a ValueError says what to give."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

import treadle_client
from treadle_client import StartError
from treadle_client._arguments import choice, choices, number, paths, run_id, texts
from treadle_client._messages import RunState, UnselectedOutputs
from treadle_client.services._local import Code


@pytest.mark.parametrize("written", ["running", "RUNNING", "Running", RunState.RUNNING])
def test_a_choice_is_written_in_any_case(written: str) -> None:
    assert choice(RunState, written, name="states") is RunState.RUNNING
    assert choices(RunState, written, name="states") == [RunState.RUNNING]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: choice(UnselectedOutputs, "x", name="unselected_outputs"),
         "unselected_outputs is 'x'; give one of materialize, discard, fail."),
        (lambda: choices(RunState, ["gone"], name="states"), "states is 'gone'; give one of"),
        (lambda: number("1h", name="timeout", give="seconds"), "timeout is '1h'; give seconds."),
        (lambda: number(True, name="timeout", give="seconds"), "timeout is True; give seconds."),
        (lambda: texts(["x"], name="tags"), "tags is ['x']; give {name: text}."),
        (lambda: texts({"a": 1}, name="tags"), "tags has 'a': 1; give text for text."),
        (lambda: run_id(""), "The run's id is ''; `treadle runs`, in Python client.runs(), tells the ids of runs."),
        (lambda: paths([["m.py"]], name="local"), "give files one by one: local(*files)."),
        (lambda: paths([3], name="local"), "local was given 3; give the path of a file."),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_says_what_to_give(call, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        call()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    for name in ("__init__.py", "assets.py"):
        (tmp_path / "shop" / name).touch()
    (tmp_path / "loose").mkdir()
    (tmp_path / "sales.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (Code(modules=("shop/assets.py",)),
         "'shop/assets.py' is a file: -f shop/assets.py, or as a module -m shop.assets."),
        (Code(modules=("sh op",)), "'sh op' is not a module's name: give one such as shop.assets."),
        (Code(files=(Path("shop"),)),
         "shop is a folder. Name a file in it, or the package as a module: -m shop."),
        (Code(files=(Path("loose"),)), "loose is a folder. Name a file in it."),
        (Code(modules=("sales.py",)), "'sales.py' is a file: -f sales.py, or as a module -m sales."),
        (Code(files=(Path("gone.py"),)), "There is no file gone.py."),
        (Code(files=(Path("sales"),)), "There is no file sales. Did you mean sales.py?"),
        (Code(files=(Path("saels.py"),)), "There is no file saels.py. Did you mean sales.py?"),
        (Code(files=(Path("shop/aset.py"),)), "There is no file shop/aset.py. Did you mean shop/assets.py?"),
        (Code(files=(Path("shop.assets"),)), "There is no file shop.assets. Did you mean shop/assets.py?"),
    ],
)  # fmt: skip
def test_a_target_that_is_another_thing_says_how_it_is_named(package, code, said):
    with pytest.raises(StartError) as caught:
        code.arguments()

    assert str(caught.value) == said
    assert caught.value.usage


def test_local_is_refused_where_its_own_file_is_imported(tmp_path: Path) -> None:
    """Else each level of services would import the file, and start the next."""
    script = tmp_path / "importing.py"
    script.write_text("import treadle_client\nwith treadle_client.local(__file__): pass\n")

    with pytest.raises(StartError, match="if __name__ == '__main__':"):
        runpy.run_path(str(script), run_name="treadle_worker.loading.importing")


def test_a_guarded_script_is_not_refused(package: Path) -> None:
    with (
        pytest.raises(StartError, match=r"There is no file gone\.py"),
        treadle_client.local("gone.py"),
    ):
        pass


def test_local_without_with_says_how_it_is_used(package: Path) -> None:
    served = treadle_client.local("sales.py")

    with pytest.raises(AttributeError) as caught:
        served.materialize("*")

    assert str(caught.value) == (
        "treadle_client.local(…) is for a with block, and nothing runs before it:"
        " with treadle_client.local(…) as client: client.materialize…"
    )
    assert repr(served) == "with treadle_client.local(…) as client: …"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"modules": 5}, "modules is 5; give text, or a list of texts."),
        ({"home": 5}, "home is 5; give a path."),
        ({"python": 5}, "python is 5; give a path."),
        ({"working_directory": 5}, "working_directory is 5; give a path."),
        ({"import_timeout": "x"},
         "import_timeout is 'x'; give the seconds that an import may take."),
        ({"keep_versions": "x"},
         "keep_versions is 'x'; give how many versions of an asset are to stay, 1 or more."),
        ({"keep_versions": 0},
         "keep_versions is 0; give how many versions of an asset are to stay, 1 or more."),
    ],
)  # fmt: skip
def test_a_choice_of_local_of_another_kind_says_what_to_give(package: Path, chosen, said) -> None:
    with (
        pytest.raises(treadle_client.WrongArgument) as caught,
        treadle_client.local("sales.py", **chosen),
    ):
        pass

    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"python": "no-such-python"}, "--python: no-such-python is no program."),
        ({"max_steps": 0}, "--max-steps: 0 is less than 1."),
    ],
)
def test_a_choice_that_a_service_refuses_is_told_by_its_name_alone(
    package: Path, chosen, said
) -> None:
    with (
        pytest.raises(StartError) as caught,
        treadle_client.local("sales.py", home="home", **chosen),
    ):
        pass

    assert str(caught.value) == said
    assert caught.value.usage
