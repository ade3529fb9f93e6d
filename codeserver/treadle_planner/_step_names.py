"""Expressions over a plan's steps: a step, a graph or an asset, with "+" on either side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from treadle._errors import did_you_mean
from treadle_contract.fan_outs import mapped_names
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import PlannedStep
from treadle_contract.suggestions import nearest
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._words import named, quoted

_EXPRESSION = re.compile(
    r"(?P<up>\d*\+)?(?P<name>(?:key:)?\"(?:[^\"\\]|\\.)+\"|[^+\s][^+]*?)(?P<down>\+\d*)?", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNames:
    """What the steps of a plan can be named by, and what each reads from and feeds.

    `steps` are in plan order. A graph is named by the dotted path that its step keys begin with;
    all steps of a mapped op by "op", "op[?]", and those below one mapping key by "op[key]".
    """

    steps: tuple[StepKey, ...]
    graphs: Mapping[str, tuple[StepKey, ...]]
    makers: Mapping[KeyText, StepKey]
    above: Mapping[StepKey, frozenset[StepKey]]
    below: Mapping[StepKey, frozenset[StepKey]]

    @classmethod
    def of(cls, steps: Iterable[PlannedStep]) -> StepNames:
        """Index the steps that a plan does not omit."""
        steps = tuple(steps)
        graphs: dict[str, list[StepKey]] = {}
        for step in steps:
            names = step.key.split(".")
            for length in range(1, len(names)):
                graphs.setdefault(".".join(names[:length]), []).append(step.key)
            for name in mapped_names(step.key):
                graphs.setdefault(name, []).append(step.key)
        above = {step.key: step_sources(step) for step in steps}
        below: dict[StepKey, set[StepKey]] = {step.key: set() for step in steps}
        for key, sources in above.items():
            for source in sources:
                below[source].add(key)
        return cls(
            steps=tuple(step.key for step in steps),
            graphs={name: tuple(keys) for name, keys in graphs.items()},
            makers={
                asset.asset_key: step.key
                for step in steps
                for output in step.outputs
                for asset in output.assets
            },
            above=above,
            below={key: frozenset(readers) for key, readers in below.items()},
        )

    def select(self, expressions: Iterable[str]) -> frozenset[StepKey]:
        """Return the steps that the expressions name together.

        Raises:
            PlanRefused: there is no expression, or one names no step.
        """
        expressions = tuple(expressions)
        if not expressions:
            message = f"Name the steps that are to run again: the plan has {named(self.steps)}."
            raise PlanRefused(RefusalReason.UNKNOWN_STEPS, message)
        found: set[StepKey] = set()
        unknown: list[str] = []
        for expression in expressions:
            parsed = _EXPRESSION.fullmatch(expression.strip())
            starts = () if parsed is None else self._named(parsed["name"])
            if parsed is None or not starts:
                unknown.append(expression)
                continue
            found.update(starts)
            found.update(_reached(starts, self.above, _levels(parsed["up"])))
            found.update(_reached(starts, self.below, _levels(parsed["down"])))
        if unknown:
            raise self._unknown(unknown)
        return frozenset(found)

    def _named(self, name: str) -> tuple[StepKey, ...]:
        """Return the steps of a name: a step's key before a graph's path before an asset's key."""
        plain = _unquoted(name)
        if plain is None and StepKey(name) in self.above:
            return (StepKey(name),)
        if plain is None and name in self.graphs:
            return self.graphs[name]
        maker = self.makers.get(KeyText(name if plain is None else plain))
        return () if maker is None else (maker,)

    def _unknown(self, expressions: list[str]) -> PlanRefused:
        known = {*self.steps, *self.graphs, *self.makers}
        plain = [expression.strip("+ 0123456789") or expression for expression in expressions]
        guesses = nearest(plain[0], known)
        hint = did_you_mean(plain[0], known) or f" Its steps are {named(self.steps)}."
        verb = "names" if len(expressions) == 1 else "name"
        return PlanRefused(
            RefusalReason.UNKNOWN_STEPS,
            f"{quoted(expressions)} {verb} no step, graph or asset of this plan.{hint}",
            names=tuple(expressions),
            suggestions=guesses,
        )


def made_keys(step: PlannedStep) -> frozenset[KeyText]:
    """Return the selected assets that a step makes."""
    assets = (asset for output in step.outputs if output.selected for asset in output.assets)
    return frozenset(asset.asset_key for asset in assets if asset.selected)


def step_sources(step: PlannedStep) -> frozenset[StepKey]:
    """Return the steps of its run that a step reads from or comes after."""
    return frozenset(
        source.step_output.step_key
        for planned in step.inputs
        if not planned.not_needed
        for source in planned.sources
        if source.step_output is not None
    )


def _unquoted(name: str) -> str | None:
    """Return the asset key of `key:…` or of quotes, None for a plain name."""
    if not name.startswith(("key:", '"')):
        return None
    key = name.removeprefix("key:")
    return re.sub(r"\\(.)", r"\1", key[1:-1], flags=re.DOTALL) if key.startswith('"') else key


def _levels(sign: str | None) -> int | None:
    """Return how many levels "+" means: none without it, None for all the way."""
    if sign is None:
        return 0
    digits = sign.strip("+")
    return int(digits) if digits else None


def _reached(
    starts: Iterable[StepKey],
    edges: Mapping[StepKey, frozenset[StepKey]],
    levels: int | None,
) -> set[StepKey]:
    found: set[StepKey] = set()
    border = set(starts)
    while border and levels != 0:
        border = {key for each in border for key in edges[each]} - found
        found |= border
        levels = None if levels is None else levels - 1
    return found
