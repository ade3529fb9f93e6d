"""Definitions that differ from one import of the same code to the next: which, and in what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import zip_longest
from typing import Any, Final, TypeAlias

from treadle.locations import canonical, details
from treadle.locations.canonical import Json
from treadle.locations.snapshot import Snapshot, SourceLine
from treadle_contract.graph import ModuleReport, ModuleState
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.value import Text

# Assets, steps or blocks, by key or name.
_Definitions: TypeAlias = Mapping[str, Any]

# A refusal's message holds no more.
_NAMED: Final = 2
_VALUE_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A part of a definition that two imports do not have in common, in words."""

    text: str
    source: SourceLine | None = None


def is_suspect(before: Snapshot, found: Snapshot) -> bool:
    """Tell whether two loads of the same source files gave something else for steps to rest on.

    That may come from data files that were read; or no two imports are alike.
    """
    return _made_of(before) == _made_of(found) and before.core_digest != found.core_digest


def differences(one: Snapshot, other: Snapshot) -> tuple[Difference, ...]:
    """Return what steps rest on that two snapshots do not have in common, the nearest to users first."""
    assets, steps, blocks = zip(_definitions(one), _definitions(other), strict=True)
    code = [
        Difference(text=f"op {node} has other code in each")
        for node in sorted(one.manifest.code.keys() & other.manifest.code.keys())
        if one.manifest.code[node] != other.manifest.code[node]
    ]
    one_sided = assets[0].keys() ^ assets[1].keys()
    renamed = {each[key].step_key for each in assets for key in one_sided & each.keys()}
    return (
        *_one_sided("asset", *assets),
        # A step that goes with an asset is told by it.
        *_one_sided("step", *(_without(each, renamed) for each in steps)),
        *_unlike("asset", *assets),
        *_unlike("step", *steps),
        *_unlike("block", *blocks),
        *code,
    )


def refused(
    modules: Sequence[ModuleReport], found: tuple[Difference, ...]
) -> tuple[ModuleReport, ...]:
    """Return the reports of a load that is refused, at the target that defines what differs."""
    source = next((each.source for each in found if each.source is not None), None)
    reports, targets = list(modules), [report.target for report in modules]
    place = targets.index(source.file) if source and source.file in targets else -1
    reports[place] = replace(
        reports[place],
        state=ModuleState.RAISED,
        problem=Text(head=problem_of(found)),
        source=source,
    )
    return tuple(reports)


def problem_of(found: tuple[Difference, ...]) -> str:
    """Say what differs and what to do."""
    told = "; ".join(each.text for each in found[:_NAMED]) or "which definition is not known"
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return (
        f"Two imports of the same source files define different things, so that no step can run: {told}"
        f"{more}. Make it the same in every import, whatever the time, random numbers and the process"
        " are; then reload."
    )


def _made_of(snapshot: Snapshot) -> tuple[object, ...]:
    manifest = snapshot.manifest
    return snapshot.python_version, dict(manifest.files), dict(manifest.distributions)


def _definitions(snapshot: Snapshot) -> tuple[_Definitions, _Definitions, _Definitions]:
    return (
        {each.key: each for each in snapshot.assets},
        {each.key: each for each in snapshot.steps},
        {each.name: each for each in snapshot.blocks},
    )


def _without(definitions: _Definitions, keys: AbstractSet[str]) -> _Definitions:
    return {key: each for key, each in definitions.items() if key not in keys}


def _one_sided(kind: str, one: _Definitions, other: _Definitions) -> Iterator[Difference]:
    """Pair what one alone has with what the other alone has: most often it is renamed."""
    pairs = zip_longest(sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys()))
    for gone, new in pairs:
        if gone is None or new is None:
            text = f"{kind} {gone or new} is there in one and not in the other"
        else:
            text = f"{kind} {gone} is there in one, and {new} instead in the other"
        yield Difference(text=text, source=one[gone].source if gone else other[new].source)


def _unlike(kind: str, one: _Definitions, other: _Definitions) -> Iterator[Difference]:
    for key in sorted(one.keys() & other.keys()):
        left, right = (canonical.to_json(details.core(each[key])) for each in (one, other))
        for path, was, became in _leaves(left, right):
            values = f"{_shown(was)} in one and {_shown(became)} in the other"
            yield Difference(text=f"{kind} {key}: {path} is {values}", source=one[key].source)


def _leaves(one: Json, other: Json, path: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Yield path and both values of the innermost parts that differ; of a list, the first."""
    if one == other:
        return
    match one, other:
        case dict(), dict():
            for name in sorted(one.keys() | other.keys()):
                inner = f"{path}.{name}" if path else name
                yield from _leaves(one.get(name), other.get(name), inner)
        case list(), list() if len(one) == len(other):
            index = next(index for index, each in enumerate(one) if each != other[index])
            yield from _leaves(one[index], other[index], f"{path}[{_name_of(one[index], index)}]")
        case _:
            yield path, one, other


def _name_of(item: Any, index: int) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return repr(name) if isinstance(name, str) and name else str(index)


def _shown(value: Json) -> str:
    text = canonical.dumps(value).decode()
    return text if len(text) <= _VALUE_CHARACTERS else f"{text[:_VALUE_CHARACTERS]}…"
