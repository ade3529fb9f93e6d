from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from treadle.locations.snapshot import Snapshot, SourceLine
from treadle_codeserver.code_notes import code_notes
from treadle_codeserver.location import LocationStatus, Served
from treadle_codeserver.source_files import SourceFile, SourceFiles
from treadle_contract.graph import LocationState, ModuleReport, ModuleState
from treadle_contract.value import Text


def served(*paths: str) -> Served:
    files = {path: SourceFile(path=path, sha256="", stamp=()) for path in paths}
    return Served(
        snapshot=Snapshot(),
        asset_count=0,
        loaded_at=datetime(2026, 1, 1, 12, tzinfo=UTC),
        files=SourceFiles(files),
    )


def test_the_newest_code_needs_no_note() -> None:
    status = LocationStatus(name="here", state=LocationState.SERVING, served=served())

    assert list(code_notes(status)) == []
    assert list(code_notes(LocationStatus(name="here", state=LocationState.LOADING))) == []


def test_changed_files_are_named_the_first_of_many(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{number}.py") for number in range(5)]
    status = LocationStatus(name="here", state=LocationState.SERVING, served=served(*paths))

    (note,) = code_notes(status)

    assert note == (
        f"Changed after the code was loaded: {', '.join(paths[:3])} and 2 more. This plan is of"
        " the code as it was then; `treadle reload` loads it anew."
    )


def test_code_that_could_not_be_loaded_is_told_with_the_error() -> None:
    report = ModuleReport(
        target="/a.py",
        state=ModuleState.RAISED,
        problem=Text(head="Traceback (most recent call last):\n  ...\nValueError: spilt milk\n"),
        source=SourceLine(file="/a.py", line=3),
    )
    status = LocationStatus(
        name="here",
        state=LocationState.SERVING_LAST_GOOD,
        served=served("/gone.py"),
        modules=(report,),
    )

    (note,) = code_notes(status)

    assert note == (
        "The newest code could not be loaded (/a.py:3: ValueError: spilt milk): this plan is of"
        " the code that was loaded at 2026-01-01 12:00:00 UTC. Once it is corrected, `treadle"
        " reload` loads it anew."
    )


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            "Input 'rows' was given an asset.\n  at /a.py:3\n  Make it an argument.",
            "Input 'rows' was",
        ),
        ('  File "/a.py", line 3\n    x = (\nSyntaxError: never closed', "SyntaxError: never"),
    ],
)
def test_a_note_tells_what_is_wrong_and_not_what_to_do_alone(problem: str, told: str) -> None:
    report = ModuleReport(target="a.py", state=ModuleState.RAISED, problem=Text(head=problem))
    status = LocationStatus(
        name="here",
        state=LocationState.SERVING_LAST_GOOD,
        served=served("/gone.py"),
        modules=(report,),
    )

    (note,) = code_notes(status)

    assert f"(a.py: {told}" in note


def test_a_note_says_which_answer_it_is_made_for(tmp_path: Path) -> None:
    path = str(tmp_path / "gone.py")
    status = LocationStatus(name="here", state=LocationState.SERVING, served=served(path))

    (note,) = code_notes(status, "answer")

    assert "This answer is of the code as it was then; `treadle reload`" in note
