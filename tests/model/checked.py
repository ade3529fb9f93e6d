"""Random modules with checks: their text, and what a run of one does, said once more and naively."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check: an output of its asset's own op, an op of its graph, or a step of its own."""

    name: str
    of: str
    is_own: bool
    reads_value: bool = True
    also: tuple[str, ...] = ()
    passed: bool = True
    blocking: bool = False
    warns: bool = False
    raises: bool = False

    @property
    def text(self) -> str:
        """The key."""
        return f"{self.of}:{self.name}"

    @property
    def blocks(self) -> bool:
        """Whether its result fails its step."""
        return self.blocking and not self.passed and not self.warns


@dataclass(frozen=True, kw_only=True)
class Asset:
    """An asset, made by one op or by a graph."""

    name: str
    is_graph: bool
    reads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A module: assets, each reading some before it, and their checks."""

    assets: Mapping[str, Asset]
    checks: Mapping[str, Check]

    def maker(self, asset: str) -> str:
        """Return the step that makes an asset."""
        return f"{asset}.make" if self.assets[asset].is_graph else asset

    def step(self, check: Check) -> str:
        """Return the step that evaluates a check."""
        if not check.is_own:
            return f"{check.of}_{check.name}"
        return f"{check.of}.{check.name}" if self.assets[check.of].is_graph else check.of

    def of(self, asset: str) -> list[Check]:
        """Return the checks of an asset."""
        return [check for check in self.checks.values() if check.of == asset]


def random_checked(size: int, seed: int, prefix: str) -> Checked:
    """Make a module of so many assets; `prefix` begins their names."""
    rng = random.Random(seed)
    assets: dict[str, Asset] = {}
    checks: dict[str, Check] = {}
    for number in range(size):
        before = list(assets)
        name = f"{prefix}a{number}"
        reads = tuple(rng.sample(before, min(len(before), rng.choice((0, 1, 1, 2)))))
        assets[name] = Asset(name=name, is_graph=rng.random() < 0.5, reads=reads)
        for place in range(rng.choice((0, 1, 1, 2))):
            is_own = rng.random() < 0.5
            check = Check(
                name=f"c{place}",
                of=name,
                is_own=is_own,
                reads_value=rng.random() < 0.7,
                also=tuple(rng.sample(before, min(len(before), rng.choice((0, 0, 1))))),
                passed=rng.random() < 0.6,
                blocking=rng.random() < 0.5,
                warns=rng.random() < 0.2,
                raises=(assets[name].is_graph or not is_own) and rng.random() < 0.1,
            )
            checks[check.text] = check
    return Checked(assets=assets, checks=checks)


_HEAD = """
from treadle import (
    AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetIn, Output, asset, asset_check,
    graph_asset, op,
)

def said(name, passed, warns, raises):
    if raises:
        raise ValueError("no answer")
    severity = AssetCheckSeverity.WARN if warns else AssetCheckSeverity.ERROR
    return AssetCheckResult(
        passed=passed, check_name=name, severity=severity, metadata={"n": len(name)},
        description=f"of {name}",
    )
"""


def checked_text(module: Checked) -> str:
    """Return the module as Python."""
    assets = (_asset(module, asset) for asset in module.assets.values())
    alone = (_alone(check) for check in module.checks.values() if not check.is_own)
    return "\n\n".join([_HEAD, *assets, *alone])


def _said(check: Check) -> str:
    return f"said({check.name!r}, {check.passed}, {check.warns}, {check.raises})"


def _asset(module: Checked, asset: Asset) -> str:
    own = [check for check in module.of(asset.name) if check.is_own]
    specs = ", ".join(
        f"AssetCheckSpec({check.name!r}, asset={asset.name!r}, blocking={check.blocking})"
        for check in own
    )
    arguments = ", ".join(asset.reads)
    value = f"'{asset.name}(' + ','.join([{arguments}]) + ')'"
    if not asset.is_graph:
        results = [f"    yield {_said(check)}" for check in own]
        body = [f"    yield Output({value})", *results]
        head = f"@asset(check_specs=[{specs}])\ndef {asset.name}({arguments}):"
        return "\n".join([head, *body])
    make = f"@op(name='make')\ndef make_{asset.name}({arguments}):\n    return {value}"
    ops = [
        f"@op(name={check.name!r})\ndef {check.name}_{asset.name}(value):\n    return {_said(check)}"
        for check in own
    ]
    entries = ", ".join(
        f"'{asset.name}_{check.name}': {check.name}_{asset.name}(value)" for check in own
    )
    graph = "\n".join(
        [
            f"@graph_asset(check_specs=[{specs}])",
            f"def {asset.name}({arguments}):",
            f"    value = make_{asset.name}({arguments})",
            f"    return {{'result': value, {entries}}}" if own else "    return value",
        ]
    )
    return "\n\n".join([make, *ops, graph])


def _alone(check: Check) -> str:
    ins = ", ".join(f"'also_{each}': AssetIn({each!r})" for each in check.also)
    said = f"asset={check.of!r}, name={check.name!r}, blocking={check.blocking}"
    value = ["value"] if check.reads_value else []
    arguments = ", ".join([*value, *(f"also_{each}" for each in check.also)])
    return "\n".join(
        [
            f"@asset_check({said}, additional_ins={{{ins}}})",
            f"def {check.name}_of_{check.of}({arguments}):",
            f"    return {_said(check)}",
        ]
    )


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a run did: the ends of steps, what checks said, and values."""

    ends: Mapping[str, str]
    said: Mapping[str, tuple[object, ...]]
    values: Mapping[str, str]


@dataclass(kw_only=True)
class Run:
    """A run of these assets and checks, others being stored as they are in `recorded`."""

    module: Checked
    assets: frozenset[str]
    checks: frozenset[str]
    recorded: Mapping[str, str]
    ends: dict[str, str] = field(default_factory=dict)

    @property
    def is_possible(self) -> bool:
        """Whether all that is read is there, and nothing is checked in a step that makes what is not asked for."""
        checks = [self.module.checks[each] for each in self.checks]
        of_op = [
            each for each in checks if each.is_own and not self.module.assets[each.of].is_graph
        ]
        read = chain.from_iterable(
            [
                *(self.module.assets[each].reads for each in self.assets),
                *(self._read(each) for each in checks),
            ]
        )
        there = self.assets | self.recorded.keys()
        return there.issuperset(read) and all(each.of in self.assets for each in of_op)

    def found(self) -> Found:
        """Return what it does."""
        said, values = {}, {}
        for name in sorted(self.assets, key=list(self.module.assets).index):
            end = self._made(name)
            if end != "NOT_RUN":
                values[name] = self._value(name)
        for text in sorted(self.checks):
            check = self.module.checks[text]
            if self._evaluated(check) and self._checked(check) != "NOT_RUN" and not check.raises:
                severity = "warn" if check.warns else "error"
                said[text] = (
                    self.module.step(check),
                    check.passed,
                    severity,
                    check.blocking,
                    f"of {check.name}",
                    len(check.name),
                )
        return Found(ends=dict(self.ends), said=said, values=values)

    def _evaluated(self, check: Check) -> bool:
        return self.module.step(check) in self.ends or bool(self._checked(check))

    def _read(self, check: Check) -> tuple[str, ...]:
        if check.is_own:
            return (check.of,) if self.module.assets[check.of].is_graph else ()
        # What only comes after the asset needs nothing stored of it.
        return (*((check.of,) if check.reads_value else ()), *check.also)

    def _value(self, name: str) -> str:
        read = (
            self._value(each) if each in self.assets else self.recorded[each]
            for each in self.module.assets[name].reads
        )
        return f"{name}({','.join(read)})"

    def _made(self, name: str) -> str:
        step = self.module.maker(name)
        if step not in self.ends:
            asset = self.module.assets[name]
            own = [check for check in self._selected(name) if self.module.step(check) == step]
            if any(self._is_kept_back(each) for each in asset.reads):
                self.ends[step] = "NOT_RUN"
            else:
                self.ends[step] = "FAILED" if any(each.blocks for each in own) else "SUCCEEDED"
        return self.ends[step]

    def _selected(self, name: str) -> list[Check]:
        return [check for check in self.module.of(name) if check.text in self.checks]

    def _is_kept_back(self, name: str) -> bool:
        """Tell whether what reads an asset does not run."""
        if name in self.assets and self._made(name) != "SUCCEEDED":
            return True
        others = (
            check
            for check in self._selected(name)
            if check.blocking and self.module.step(check) != self.module.maker(name)
        )
        return any(self._checked(check) != "SUCCEEDED" for check in others)

    def _checked(self, check: Check) -> str:
        step = self.module.step(check)
        if step not in self.ends:
            above = [check.of, *check.also] if not check.is_own else [check.of]
            if any(each in self.assets and self._made(each) != "SUCCEEDED" for each in above):
                self.ends[step] = "NOT_RUN"
            else:
                self.ends[step] = "FAILED" if check.raises or check.blocks else "SUCCEEDED"
        return self.ends[step]


def random_run(module: Checked, recorded: Mapping[str, str], seed: int) -> Run:
    """Ask for some assets, and some checks of any."""
    rng = random.Random(seed)
    assets = frozenset(each for each in module.assets if rng.random() < 0.6)
    checks = frozenset(
        text
        for text, check in module.checks.items()
        if rng.random() < (0.7 if check.of in assets else 0.3)
    )
    return Run(module=module, assets=assets, checks=checks, recorded=recorded)


def selection(run: Run) -> str:
    """Return what is asked for in the selection language."""
    assets = " or ".join(sorted(run.assets))
    parts = [f"without_checks({assets})"] if assets else []
    return " or ".join([*parts, *(f"check:{each}" for each in sorted(run.checks))])
