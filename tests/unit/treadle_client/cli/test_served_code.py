"""The command imports the code that it serves, where it is to read what that stored."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle import Definitions
from treadle_client import ValueUnreadableError
from treadle_client.cli.served_code import definitions_here
from treadle_client.services._local import Code

MODULE = """
from pathlib import Path
from treadle import asset

print("told", Path.cwd().name)

@asset
def {name}(): ...
"""


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in [each for each in sys.modules if each.startswith("served_")]:
        del sys.modules[name]


def test_what_all_targets_define_is_there_and_what_they_print_is_not_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "served_one.py").write_text(MODULE.format(name="a"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "served_two.py").write_text(MODULE.format(name="b"))
    here = Path.cwd()
    code = Code(
        files=(tmp_path / "served_one.py",),
        modules=("served_two",),
        working_directory=tmp_path / "elsewhere",
    )

    with definitions_here(code) as definitions:
        assert isinstance(definitions, Definitions)
        assert {spec.key.text for spec in definitions.get_all_asset_specs()} == {"a", "b"}
        assert "served_one" in sys.modules

    assert Path.cwd() == here
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "told elsewhere\n" * 2)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("click.py", "", "cannot be imported by the command as 'click': another module"),
        ("served.txt", "", "it is no Python file"),
        ("served_bad.py", "1 / 0", "could not import it: ZeroDivisionError: division by zero"),
        ("served_end.py", "import sys; sys.exit(3)", "could not import it: SystemExit: 3"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    file = tmp_path / name
    file.write_text(text)

    with (
        pytest.raises(ValueUnreadableError, match=said) as caught,
        definitions_here(Code(files=(file,))),
    ):
        pytest.fail("it was imported")

    assert str(file) in str(caught.value)


def test_another_interpreters_code_is_not_imported_by_this_one(tmp_path: Path) -> None:
    code = Code(files=(tmp_path / "a.py",), python="/opt/python")

    with (
        pytest.raises(ValueUnreadableError, match="/opt/python -m treadle_client"),
        definitions_here(code),
    ):
        pytest.fail("it was imported")
