"""Random locations and what is asked of them, for hypothesis: from a size and a seed.

Steps are made one after another and dealt out to blocks as they come, so that graph-backed
blocks need each other both ways. A seed spreads what is made evenly, where drawing each choice
by itself would stay with the plainest; a failure shrinks to the fewest steps.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

from tests.model.build import Made, Options, graph, location, op, single
from tests.model.rules import Asked
from treadle.locations.snapshot import Snapshot
from treadle_contract.plan import Siblings, UnselectedOutputs

T = TypeVar("T")

_EXTERNAL = ("x0", "x1")
_GRAPHS = ("ga", "gb")
_NEAR = 6
"""So many outputs back a step reads: what came last is read most, so that chains grow."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The blocks of a location in the order they were made, and what is asked of it."""

    made: tuple[Made, ...]
    asked: Asked

    def snapshot(self, *others: Made) -> Snapshot:
        """Put the location together, with other blocks if there are any."""
        return location(*self.made, *others, external=_EXTERNAL)


@dataclass(kw_only=True)
class _Output:
    name: str
    optional: bool = False
    nothing: bool = False
    keys: list[str] = field(default_factory=list)
    is_read: bool = False

    def text(self) -> str:
        marks = "?" * self.optional + "~" * self.nothing
        return f"{self.name}{marks}" + (f" -> {', '.join(self.keys)}" if self.keys else "")


@dataclass(kw_only=True)
class _Step:
    name: str
    block: str
    reads: dict[str, str | list[str]] = field(default_factory=dict)
    outputs: list[_Output] = field(default_factory=list)

    def may_stand(self) -> bool:
        """Definitions refuse an op that nothing can need, and an effect that follows nothing."""
        if any(output.keys or output.is_read for output in self.outputs):
            return True
        return all(output.nothing for output in self.outputs) and bool(self.reads)


def locations() -> st.SearchStrategy[Drawn]:
    """Draw locations with something asked of each."""
    return st.builds(_drawn, st.integers(1, 14), st.integers(0, 2**64))


def _drawn(size: int, seed: int) -> Drawn:
    rng = random.Random(seed)
    made = _Location(rng).blocks(size)
    keys = [key for each in made for key in each.block.asset_keys]
    asked = Asked(
        keys=frozenset(rng.sample(keys, rng.randint(1, min(3, len(keys))))),
        siblings=rng.choice((None, None, Siblings.LOAD, Siblings.RUN)),
        unselected_outputs=rng.choice((None, None, *UnselectedOutputs)),
        missing=frozenset(key for key in keys if rng.random() < rng.choice((0, 0.5, 1))),
        joining=frozenset(rng.sample(keys, rng.choice((0, 0, 0, 1, min(2, len(keys)))))),
    )
    return Drawn(made=made, asked=asked)


class _Location:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._steps: list[_Step] = []

    def blocks(self, size: int) -> tuple[Made, ...]:
        for number in self._rng.sample(range(size), size):
            self._add_step(f"s{number}")
        blocks: dict[str, list[_Step]] = {}
        for step in self._steps:
            if not step.may_stand():
                step.outputs[0].keys.append(f"a{step.name}")
            blocks.setdefault(step.block, []).append(step)
        for members in blocks.values():
            if not any(output.keys for step in members for output in step.outputs):
                members[0].outputs[0].keys.append(f"a{members[0].name}")
        return tuple(self._block(name, members) for name, members in blocks.items())

    def _add_step(self, name: str) -> None:
        block = self._rng.choice((*_GRAPHS[:1] * 4, *_GRAPHS, f"o{name}"))
        step = _Step(name=name, block=block)
        is_effect = block in _GRAPHS and self._rng.random() < 0.2
        for number in range(self._rng.choice((0, 1, 1, 2, 3))):
            self._add_read(step, f"i{number}")
        if is_effect:
            step.outputs.append(_Output(name="r0", nothing=True))
        else:
            step.outputs.extend(self._output(name, n) for n in range(self._rng.randint(1, 3)))
        self._steps.append(step)

    def _output(self, step: str, number: int) -> _Output:
        key = f"{step}r{number}"
        return _Output(
            name=f"r{number}",
            optional=self._rng.random() < 0.4,
            nothing=self._rng.random() < 0.15,
            keys=self._rng.choice(([], [], [key], [key], [key, f"{key}b"])).copy(),
        )

    def _add_read(self, step: _Step, name: str) -> None:
        kind = self._rng.choice(("one", "one", "many", "order"))
        known = self._readable(step.block, by_value=kind != "order")
        texts = self._some([*known][-_NEAR:], 1 if kind == "one" else 3)
        if kind == "one":
            step.reads[name] = texts[0]
        elif kind == "many":
            step.reads[name] = texts
        else:
            has_argument = any(text[0] != "@" for text in texts)
            step.reads[f"~{name}" if has_argument else "~"] = texts
        for text in texts:
            output = known[text]
            if output is not None:
                output.is_read = True

    def _readable(self, block: str, *, by_value: bool) -> dict[str, _Output | None]:
        found: dict[str, _Output | None] = {f"@{key}": None for key in _EXTERNAL}
        for step in self._steps:
            for output in step.outputs:
                texts = [f"@{key}" for key in output.keys]
                if step.block == block:
                    # A graph may be given an asset of its own, too, though hardly any is.
                    texts = [f"{step.name}.{output.name}", *texts[: self._rng.random() < 0.2]]
                found |= dict.fromkeys([] if by_value and output.nothing else texts, output)
        return found

    def _some(self, known: Sequence[T], most: int) -> list[T]:
        return self._rng.sample(known, self._rng.randint(1, min(most, len(known))))

    def _block(self, name: str, members: Sequence[_Step]) -> Made:
        steps = {
            step.name: op(step.reads, *(output.text() for output in step.outputs))
            for step in members
        }
        options = Options(
            can_subset=self._rng.random() < 0.8,
            unselected_outputs=self._rng.choice((None, None, *UnselectedOutputs)),
            siblings=self._rng.choice((None, None, *Siblings)),
        )
        if name in _GRAPHS:
            return graph(name, steps, **options)
        deps = self._internal_deps(members[0]) if self._rng.random() < 0.6 else None
        return single(name, steps[members[0].name], internal_asset_deps=deps, **options)

    def _internal_deps(self, step: _Step) -> dict[str, list[str]]:
        """Let each output need some of what the op reads, and of the outputs before it."""
        reads = [[read] if isinstance(read, str) else read for read in step.reads.values()]
        known = sorted({text.removeprefix("@") for texts in reads for text in texts})
        deps = {}
        for output in step.outputs:
            deps[output.name] = [key for key in known if self._rng.random() < 0.4]
            known = known + output.keys
        return deps
