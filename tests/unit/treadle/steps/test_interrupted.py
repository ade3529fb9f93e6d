from __future__ import annotations

import pickle
from typing import Any

import pytest

import treadle
from treadle import AssetOut, InputContext, IOManager, Output, OutputContext, asset, multi_asset
from treadle.steps._interrupted import Interruption


class Interrupted(IOManager):
    """Is told to end while it stores a value, and notes that it hears it."""

    def __init__(self, heard: list[str]) -> None:
        self.heard = heard

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        try:
            raise treadle.StepInterrupted(Interruption.TIMEOUT)
        finally:
            self.heard.append("manager")

    def load_input(self, context: InputContext) -> Any:
        raise NotImplementedError


def test_it_says_why_and_survives_pickling() -> None:
    told = treadle.StepInterrupted(Interruption.TIMEOUT)

    assert told.reason == "timeout"
    assert str(told) == "its time is over"
    assert pickle.loads(pickle.dumps(told)).reason == "timeout"
    assert not isinstance(told, Exception)


@pytest.mark.parametrize("after", ["raises", "returns", "yields"])
def test_an_op_that_yields_hears_it_while_its_output_is_stored(bench, after: str) -> None:
    heard: list[str] = []

    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def pair():
        try:
            yield Output(1, "a")
        except treadle.StepInterrupted as told:
            heard.append(told.reason)
            if after == "raises":
                raise
            if after == "returns":
                return
        yield Output(2, "b")

    with pytest.raises(treadle.StepInterrupted):
        bench.run(pair, step="pair", resources={"io_manager": Interrupted(heard)})

    assert heard == ["manager", "timeout"]


@pytest.mark.parametrize("after", ["raises", "returns"])
def test_an_async_op_that_yields_hears_it_too(bench, after: str) -> None:
    heard: list[str] = []

    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    async def pair():
        try:
            yield Output(1, "a")
        except treadle.StepInterrupted as told:
            heard.append(told.reason)
            if after == "raises":
                raise

    with pytest.raises(treadle.StepInterrupted):
        bench.run(pair, step="pair", resources={"io_manager": Interrupted(heard)})

    assert heard == ["manager", "timeout"]


def test_what_its_clean_up_raises_is_the_steps_failure(bench) -> None:
    @asset
    def single():
        try:
            raise treadle.StepInterrupted
        finally:
            raise RuntimeError("cannot clean up")

    assert "RuntimeError: cannot clean up" in bench.failure(single, step="single").message
