"""The resources of one step: made once, when they are asked for, and put away in the opposite order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

import treadle
from treadle import job, op, resource
from treadle.resources._openable import InitResourceContext, Openable
from treadle.resources._scope import ResourceScope
from treadle.steps._failures import StepFailedError
from treadle_contract.run import FailureWhere


def scope(given: Mapping[str, Any], **told: Any) -> ResourceScope:
    return ResourceScope(given, told, InitResourceContext(run_id="r"), subject="Step 's'")


def noting(notes: list[str], name: str, *needs: str) -> Openable:
    @treadle.resource
    def made(context):
        for each in needs:
            getattr(context.resources, each)
        notes.append(f"{name} in")
        yield name
        notes.append(f"{name} out")

    return made


def test_only_what_is_asked_for_is_made_and_once() -> None:
    notes: list[str] = []

    with scope({"a": noting(notes, "a"), "b": noting(notes, "b"), "plain": 5}) as resources:
        assert (resources["a"], resources["a"], resources["plain"]) == ("a", "a", 5)
        assert set(resources) == {"a", "b", "plain"}
        assert len(resources) == 3
        assert "b" in resources

    assert notes == ["a in", "a out"]


def test_what_was_made_last_goes_first() -> None:
    notes: list[str] = []

    with scope({"a": noting(notes, "a", "b"), "b": noting(notes, "b")}) as resources:
        assert resources["a"] == "a"

    assert notes == ["b in", "a in", "a out", "b out"]


def test_a_circle_is_named() -> None:
    notes: list[str] = []
    given = {"a": noting(notes, "a", "b"), "b": noting(notes, "b", "a")}

    with scope(given) as resources, pytest.raises(StepFailedError, match="a → b → a") as failed:
        _ = resources["a"]

    assert failed.value.where is FailureWhere.RESOURCE


def test_what_raises_when_it_is_made_is_the_steps_failure() -> None:
    @treadle.resource
    def broken(context):
        raise OSError("no route")

    with scope({"x": broken}) as resources, pytest.raises(StepFailedError, match="'x' raised OSE"):
        _ = resources["x"]


def test_what_raises_when_it_is_put_away_does_not_hide_why_the_step_failed() -> None:
    @treadle.resource
    def broken(context):
        yield 1
        raise OSError("too late")

    def run(*errors: Exception) -> None:
        with scope({"x": broken}) as resources:
            _ = resources["x"]
            for each in errors:
                raise each

    with pytest.raises(ValueError, match="the op's own"):
        run(ValueError("the op's own"))
    with pytest.raises(StepFailedError, match="putting a resource away raised OSError: too late"):
        run()


def test_a_function_of_a_context_manager_is_entered_and_a_client_that_is_one_is_not() -> None:
    heard: list[str] = []

    @resource(config_schema={"name": str})
    @contextmanager
    def engine(context: InitResourceContext) -> Iterator[str]:
        heard.append("open")
        yield context.resource_config["name"]
        heard.append("closed")

    class Client:
        def __enter__(self) -> str:
            raise AssertionError("it is the user's to enter")

        def __exit__(self, *_: object) -> None: ...

    @resource
    def client() -> Client:
        return Client()

    @op(required_resource_keys={"engine", "client"})
    def tells(context: Any) -> list[str]:
        return [*heard, context.resources.engine, type(context.resources.client).__name__]

    @job(resource_defs={"engine": engine.configured({"name": "e"}), "client": client})
    def telling() -> None:
        tells()

    assert telling.execute_in_process().output_for_node("tells") == ["open", "e", "Client"]
    assert heard == ["open", "closed"]
