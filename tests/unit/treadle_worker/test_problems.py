from __future__ import annotations

from treadle_worker.problems import Problem, describe


def raised(error: BaseException) -> Problem:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - what is described may be anything
        return describe(caught)


def test_a_chain_of_causes_that_is_too_long_to_be_told_leaves_the_last_one() -> None:
    error = ValueError("first")
    for number in range(3000):
        later = ValueError(f"number {number}")
        later.__cause__ = error
        error = later

    problem = raised(error)

    assert "builtins.ValueError" in problem.text
    assert "in raised" in problem.text


def test_groups_that_are_nested_too_deeply_are_named() -> None:
    error: Exception = ValueError("inner")
    for _ in range(2000):
        error = ExceptionGroup("outer", [error])

    assert "ExceptionGroup" in raised(error).text


def test_a_circle_of_causes_is_told_once() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first

    assert "ValueError: first" in raised(first).text
