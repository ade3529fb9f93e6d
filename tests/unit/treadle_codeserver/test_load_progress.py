from __future__ import annotations

import json
from datetime import timedelta

import pytest

from treadle.locations import canonical, tables
from treadle.locations.canonical import Json
from treadle.locations.snapshot import Block, Snapshot, SourceLine
from treadle_codeserver.load_progress import FrameError, LoadProgress
from treadle_codeserver.source_files import SourceFile
from treadle_contract.graph import ModuleReport, ModuleState
from treadle_contract.value import Text

STARTED: dict[str, Json] = {"moduleStarted": {"index": 0}}


def ended(index: int, state: str = "loaded", problem: str = "") -> dict[str, Json]:
    place = {"file": "/a.py", "line": 3} if problem else {"file": "", "line": 0}
    body = {"index": index, "state": state, "durationUs": 7, "problem": problem, **place}
    return {"moduleEnded": body}


def failed(problem: str, file: str = "") -> dict[str, Json]:
    return {"failed": {"problem": problem, "file": file, "line": 1 if file else 0}}


def fed(targets: list[str], *frames: dict[str, Json]) -> LoadProgress:
    progress = LoadProgress(targets)
    for frame in frames:
        progress.take(frame)
    return progress


def states(reports: tuple[ModuleReport, ...]) -> list[ModuleState]:
    return [report.state for report in reports]


def test_a_snapshot_is_the_end() -> None:
    snapshot = Snapshot(digest="d", blocks=(Block(name="b", asset_keys=()),))
    progress = fed(
        ["a"],
        STARTED,
        ended(0),
        {"definitions": json.loads(tables.written(tables.pack(snapshot)))},
        {"snapshot": canonical.to_json(tables.without_definitions(snapshot))},
    )

    outcome = progress.outcome()

    assert progress.is_complete
    assert outcome.snapshot == snapshot
    assert outcome.modules == (
        ModuleReport(target="a", state=ModuleState.LOADED, duration=timedelta(microseconds=7)),
    )


def test_the_files_come_before_the_snapshot() -> None:
    file = {"path": "/a.py", "sha256": "5", "stamp": [1, 2, 3]}
    progress = fed(["a"], STARTED, ended(0), {"filesRead": {"a": file}})

    assert not progress.is_complete
    assert progress.outcome().files == {"a": SourceFile(path="/a.py", sha256="5", stamp=(1, 2, 3))}


def test_what_raised_is_told_where_it_raised() -> None:
    progress = fed(["a", "b"], ended(0), ended(1, "raised", "boom"), failed("boom"))

    (_, report) = progress.outcome().modules

    assert progress.is_complete
    assert progress.outcome().snapshot is None
    assert report.problem == Text(head="boom")
    assert report.source == SourceLine(file="/a.py", line=3)


def test_a_load_that_fails_after_its_targets_is_told_at_the_one_it_names() -> None:
    progress = fed(["a", "b"], ended(0), ended(1), failed("two of a key", file="a"))

    assert states(progress.outcome().modules) == [ModuleState.RAISED, ModuleState.LOADED]


def test_a_load_that_fails_after_its_targets_is_told_at_the_last() -> None:
    progress = fed(["a", "b"], ended(0), ended(1), failed("two of a key"))

    assert states(progress.outcome().modules) == [ModuleState.LOADED, ModuleState.RAISED]


def test_an_exit_is_told_at_the_target_under_way() -> None:
    progress = fed(["a", "b", "c"], ended(0), {"moduleStarted": {"index": 1}})

    outcome = progress.exited(how="It exited with status 3", output="last words\n")

    assert states(outcome.modules) == [
        ModuleState.LOADED,
        ModuleState.EXITED,
        ModuleState.NOT_REACHED,
    ]
    assert outcome.modules[1].problem == Text(
        head="It exited with status 3 while this was loaded. The end of its output:\nlast words"
    )


def test_a_hang_is_told_with_the_line_that_ran() -> None:
    stack = 'Fatal Python error: Aborted\n\n  File "/home/u/a.py", line 9 in wait\n'

    outcome = fed(["a"], STARTED).hung(seconds=2, output=stack)

    (report,) = outcome.modules
    assert report.state is ModuleState.HUNG
    assert report.source == SourceLine(file="/home/u/a.py", line=9)
    assert report.duration == timedelta(seconds=2)


def test_an_interpreter_that_never_started_is_told_at_the_first_target() -> None:
    outcome = fed(["a", "b"]).exited(how="No such file", output="")

    assert states(outcome.modules) == [ModuleState.EXITED, ModuleState.NOT_REACHED]


def test_half_a_surrogate_pair_is_told_as_a_question_mark() -> None:
    (report,) = fed(["a"], ended(0, "raised", "caf\udce9")).outcome().modules

    assert report.problem == Text(head="caf?")


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"unheardOf": {}},
        {"moduleStarted": {"index": 0}, "moduleEnded": {}},
        {"moduleStarted": {"index": "0"}},
        {"moduleStarted": {"index": 1}},
        {"moduleStarted": {"index": -1}},
        {"moduleEnded": {**ended(0)["moduleEnded"], "index": -1}},  # type: ignore[dict-item]
        {"moduleEnded": {**ended(0)["moduleEnded"], "durationUs": 10**400}},  # type: ignore[dict-item]
        {"moduleEnded": {**ended(0)["moduleEnded"], "file": "/a", "line": 2**31}},  # type: ignore[dict-item]
        {"moduleEnded": {"index": 0}},
        {"moduleEnded": {**ended(0)["moduleEnded"], "state": "tired"}},  # type: ignore[dict-item]
        {"moduleEnded": {**ended(0)["moduleEnded"], "index": 7}},  # type: ignore[dict-item]
        {"snapshot": {"blocks": 3}},
        {"filesRead": {"a": "/a.py"}},
        {"failed": "boom"},
    ],
)
def test_what_no_loader_sends_is_refused(frame: dict[str, Json]) -> None:
    with pytest.raises(FrameError):
        LoadProgress(["a"]).take(frame)
