"""Whose line it is that calls into Treadle."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import treadle
from treadle._source import user_frame, user_line
from treadle.locations.snapshot import SourceLine


def called_by(module: str, call: Callable[[], object]) -> object:
    """Call from a frame of a module of that name."""
    names: dict[str, object] = {"__name__": module, "call": call}
    exec("def caller():\n    return call()\n", names)  # noqa: S102 - the text is that above
    caller = names["caller"]
    assert callable(caller)
    return caller()


def test_the_line_is_the_users_and_not_ours() -> None:
    line = called_by("treadle._anything", user_line)

    assert isinstance(line, SourceLine)
    assert Path(line.file) == Path(__file__)


def test_what_runs_the_users_code_is_no_user() -> None:
    assert called_by("treadle_worker.step.step", user_frame) is None
    assert called_by("treadle_worker.step.step", user_line) == SourceLine(file="", line=0)


def test_the_line_is_that_of_the_frame_also_where_code_goes_back_and_calls_others() -> None:
    found = []

    def ask() -> None:
        line = user_line()
        found.append((line.line, sys._getframe().f_lineno - 1))

    for _ in range(3):
        ask()
        found.append((user_line().line, sys._getframe().f_lineno))
        found.extend([
            (user_line().line, sys._getframe().f_lineno),
            (user_line().line, sys._getframe().f_lineno),
        ])  # fmt: skip

    assert [line for line, _ in found] == [expected for _, expected in found]


def test_a_path_beside_a_module() -> None:
    assert (
        treadle.file_relative_path("/shop/code/assets.py", "../rows.csv")
        == "/shop/code/../rows.csv"
    )
    assert treadle.file_relative_path("assets.py", "rows.csv") == "rows.csv"
