"""Fan-outs, naively: random graphs of them as text, and what each of their steps comes to.

A graph fans out, and sends each element through a body: ops, fan-outs whose elements are collected again,
or, as the last, a fan-out whose elements join those of the outer one. How many elements there are, and what
fails or yields nothing, a number drawn for the step's key says, in the module as in the model.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

BAD: Literal["bad"] = "bad"
"""What failed, or lies below that."""
ABSENT: Literal["absent"] = "absent"
"""What was not yielded, or lies below that."""

Outcome = int | Literal["bad", "absent"]
Fan = list[tuple[str, int]] | Literal["bad", "absent"]


@dataclass(frozen=True)
class Op:
    """An op that takes one value."""

    name: str


@dataclass(frozen=True)
class FanOut:
    """An op with a dynamic output, and the body for its elements. Without `collector` they stay apart."""

    name: str
    body: tuple[Op | FanOut, ...]
    collector: str = ""


@dataclass(frozen=True)
class Graph:
    """A graph asset of a fan-out; `seed` says what its steps do, unless it is of the failing ones."""

    name: str
    seed: int
    fan_out: FanOut


def random_graph(name: str, seed: int) -> Graph:
    """Draw a graph."""
    dice = random.Random(seed)
    names = (f"{name}_{number}" for number in range(1000))

    def body(depth: int) -> Iterator[Op | FanOut]:
        for _ in range(dice.randint(1, 2)):
            if depth < 2 and dice.random() < 0.4:
                inner = tuple(body(depth + 1))
                yield FanOut(next(names), inner, collector=next(names))
            else:
                yield Op(next(names))
        if depth < 2 and dice.random() < 0.3:
            yield FanOut(next(names), tuple(body(depth + 1)))

    return Graph(name, seed, FanOut(next(names), tuple(body(0)), collector=next(names)))


HEAD = """
import random
import zlib
from pathlib import Path

from treadle import DynamicOut, DynamicOutput, Out, Output, graph_asset, op

REPAIRED = Path(__file__).parent / "repaired"


def note(key):
    with (Path(__file__).parent / "ran").open("a") as file:
        file.write(key + "\\n")


def drawn(seed, key):
    number = random.Random(f"{seed} {key}").random()
    if number < 0.1 and not REPAIRED.exists():
        raise RuntimeError(key)
    return number


def fan(context, seed, *values):
    note(context.step_key)
    number = drawn(seed, context.step_key)
    for each in range(int(number * 100) % 4):
        value = zlib.crc32(repr((context.step_key, values, each)).encode())
        yield DynamicOutput(value, mapping_key=f"e{each}")


def one(context, seed, last, *values):
    note(context.step_key)
    number = drawn(seed, context.step_key)
    if number < 0.85 or last:
        yield Output(zlib.crc32(repr((context.step_key, values)).encode()))
"""


def text_of(graphs: list[Graph]) -> str:
    """Return a module of these graphs."""
    return "\n".join([HEAD, *(line for graph in graphs for line in _graph(graph))])


def _graph(graph: Graph) -> Iterator[str]:
    yield from _ops(graph, graph.fan_out, first=True)
    yield "@graph_asset"
    yield f"def {graph.name}():"
    yield f"    return {_text(graph.fan_out, '')}"


def _ops(graph: Graph, stage: Op | FanOut, *, first: bool = False) -> Iterator[str]:
    if isinstance(stage, Op):
        yield from _op(graph, stage.name, last=False)
        return
    yield "@op(out=DynamicOut())"
    value = "" if first else ", value"
    yield f"def {stage.name}(context{value}):"
    yield f"    yield from fan(context, {graph.seed}{value})"
    for each in stage.body:
        yield from _ops(graph, each)
    if stage.collector:
        yield from _op(graph, stage.collector, last=first)


def _op(graph: Graph, name: str, *, last: bool) -> Iterator[str]:
    yield f"@op(out=Out(is_required={last}))"
    yield f"def {name}(context, value):"
    yield f"    yield from one(context, {graph.seed}, {last}, value)"


def _text(stage: Op | FanOut, value: str, depth: int = 0) -> str:
    if isinstance(stage, Op):
        return f"{stage.name}({value})"
    text = f"x{depth}"
    for each in stage.body:
        text = _text(each, text, depth + 1)
    mapped = f"{stage.name}({value}).map(lambda x{depth}: {text})"
    return f"{stage.collector}({mapped}.collect())" if stage.collector else mapped


@dataclass
class Run:
    """What a run of a graph comes to: the states of its steps, and the value of its asset."""

    graph: Graph
    repaired: bool = False
    states: dict[str, str] = field(default_factory=dict)
    value: Outcome = ABSENT

    def __post_init__(self) -> None:
        fan_out = self.graph.fan_out
        fan = self._fan(fan_out.name, "", ())
        self.value = self._collected(fan_out, "", self._spread(fan_out, "", fan), last=True)

    def _drawn(self, key: str) -> float | None:
        number = random.Random(f"{self.graph.seed} {key}").random()
        return None if number < 0.1 and not self.repaired else number

    def _fan(self, name: str, level: str, values: tuple[int, ...]) -> Fan:
        key = f"{self.graph.name}.{name}{level}"
        number = self._drawn(key)
        self.states[key] = "FAILED" if number is None else "SUCCEEDED"
        if number is None:
            return BAD
        return [
            (f"e{each}", zlib.crc32(repr((key, values, each)).encode()))
            for each in range(int(number * 100) % 4)
        ]

    def _one(self, name: str, level: str, value: int | list[int], *, last: bool = False) -> Outcome:
        key = f"{self.graph.name}.{name}{level}"
        number = self._drawn(key)
        self.states[key] = "FAILED" if number is None else "SUCCEEDED"
        if number is None:
            return BAD
        return zlib.crc32(repr((key, (value,))).encode()) if number < 0.85 or last else ABSENT

    def _idle(self, name: str, level: str, why: Literal["bad", "absent"]) -> None:
        state = "NOT_RUN" if why == BAD else "SKIPPED"
        self.states[f"{self.graph.name}.{name}{level}"] = state

    def _spread(self, stage: FanOut, level: str, fan: Fan) -> list[Outcome]:
        if isinstance(fan, str):
            for each in stage.body:
                self._unexpanded(each, f"{level}[?]", fan)
            return [fan]
        return [
            outcome
            for key, value in fan
            for outcome in self._through(stage.body, f"{level}[{key}]", value)
        ]

    def _unexpanded(self, stage: Op | FanOut, level: str, why: Literal["bad", "absent"]) -> None:
        self._idle(stage.name, level, why)
        if isinstance(stage, FanOut):
            for each in stage.body:
                self._unexpanded(each, f"{level}[?]", why)
            if stage.collector:
                self._idle(stage.collector, level, why)

    def _through(self, body: tuple[Op | FanOut, ...], level: str, value: Outcome) -> list[Outcome]:
        for stage in body:
            if isinstance(value, str):
                self._idle(stage.name, level, value)
            if isinstance(stage, Op):
                value = value if isinstance(value, str) else self._one(stage.name, level, value)
                continue
            fan: Fan = value if isinstance(value, str) else self._fan(stage.name, level, (value,))
            elements = self._spread(stage, level, fan)
            if not stage.collector:
                return elements
            value = self._collected(stage, level, elements)
        return [value]

    def _collected(
        self, stage: FanOut, level: str, elements: list[Outcome], *, last: bool = False
    ) -> Outcome:
        present = [each for each in elements if not isinstance(each, str)]
        if BAD in elements or (elements and not present):
            why = BAD if BAD in elements else ABSENT
            self._idle(stage.collector, level, why)
            return why
        return self._one(stage.collector, level, present, last=last)
