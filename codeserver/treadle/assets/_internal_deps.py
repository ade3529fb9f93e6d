"""What internal_asset_deps may name: inputs and siblings, without a circle."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from treadle._errors import ArgumentError, ConflictError, did_you_mean, listed
from treadle._keys import AssetKey
from treadle._source import user_line

if TYPE_CHECKING:
    from treadle.assets._assets import AssetsDefinition


def refuse_unknown_internal_deps(made: AssetsDefinition) -> None:
    """Refuse what outputs are said to need and is neither read nor made, or needs them.

    Raises:
        DefinitionError: there is such a thing.
    """
    if not made.options.internal_asset_deps:
        return
    named = [(name, said) for name, said in made.asset_ins.items()]
    known = {said.key_for(name) for name, said in named} | made.keys | set(made.options.deps)
    known |= {AssetKey((*made.prefix, name)) for name, said in named if said.is_inferred}
    for output, keys in made.options.internal_asset_deps.items():
        for key in sorted(keys - known):
            raise ArgumentError(
                f"{made.options.owner}: internal_asset_deps says that {output!r} depends on"
                f" {key.text!r}, which is neither an input nor made here."
                + did_you_mean(key.text, (each.text for each in known)),
                fix=f"It can be one of {listed(sorted(each.text for each in known))}.",
                source=user_line(),
            )
    _refuse_circles_within(made)


def _refuse_circles_within(made: AssetsDefinition) -> None:
    """Refuse outputs that are said to need one another, or themselves."""
    makes = {said.key: output for output, said in made.produced.items()}
    needs = {
        output: frozenset(makes[key] for key in keys if key in makes)
        for output, keys in made.options.internal_asset_deps.items()
    }
    circle = [output for output in needs if _reaches(output, output, needs)]
    if circle:
        raise ConflictError(
            f"{made.options.owner}: internal_asset_deps says of {listed(circle)} that each of them needs"
            f" {'itself' if len(circle) == 1 else 'the others'}.",
            fix="Take one of these away: what is needed is made before.",
            source=user_line(),
        )


def _reaches(start: str, end: str, needs: Mapping[str, AbstractSet[str]]) -> bool:
    waiting, seen = list(needs.get(start, ())), set[str]()
    while waiting:
        each = waiting.pop()
        if each == end:
            return True
        if each not in seen:
            seen.add(each)
            waiting += needs.get(each, ())
    return False
