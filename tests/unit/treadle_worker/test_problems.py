from __future__ import annotations

import pytest

from treadle_worker.problems import Problem, describe


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
