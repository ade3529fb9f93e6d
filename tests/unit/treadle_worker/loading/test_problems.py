from __future__ import annotations

import importlib
import sys

import pytest

from treadle_worker.loading.problems import Problem, describe


def raised(error: BaseException) -> Problem:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - what is described may be anything
        return describe(caught)


def test_a_chain_of_thousands_of_causes_is_told_whole() -> None:
    error = ValueError("first")
    for number in range(3000):
        later = ValueError(f"number {number}")
        later.__cause__ = error
        error = later

    problem = raised(error)

    assert problem.text.startswith("ValueError: first\n")
    assert problem.text.count("direct cause") == 3000
    assert problem.text.endswith("ValueError: number 2999")


@pytest.mark.parametrize("name", ["__traceback__", "__cause__", "__context__"])
@pytest.mark.parametrize("thrown", [RuntimeError("no"), SystemExit(3)])
def test_a_class_that_raises_for_what_its_errors_come_of_is_named(
    name: str, thrown: BaseException
) -> None:
    def refuse(_error: BaseException) -> None:
        raise thrown

    problem = raised(type("Evil", (Exception,), {name: property(refuse)})("words"))

    assert "Evil" in problem.text
    assert "in raised" in problem.text
    assert "cannot be told" in problem.text
    assert problem.source is not None
    assert problem.source.file == __file__


def test_groups_that_are_nested_too_deeply_are_named() -> None:
    error: Exception = ValueError("inner")
    for _ in range(2000):
        error = ExceptionGroup("outer", [error])

    assert "ExceptionGroup" in raised(error).text


def test_a_circle_of_causes_is_told_once() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first

    assert "ValueError: first" in raised(first).text


@pytest.mark.parametrize("line", ["from dagster import asset", "import dagster as dg"])
def test_an_import_of_dagster_where_there_is_none_says_what_to_write(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dagster", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(line)  # noqa: S102 - as a module of the user's does

    assert describe(caught.value).text.splitlines()[-1] == (
        "Dagster is not installed where this code runs. Treadle has the names of what it takes"
        " over: write `from treadle import …`, or `import treadle as dg`."
    )


def test_an_import_of_anything_else_says_no_more() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("no_such_module")

    assert describe(caught.value).text.endswith("No module named 'no_such_module'")
