"""Node names: the first component of the step keys of each block of a location."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from treadle._errors import DuplicateError
from treadle.assets._assets import AssetsDefinition


def block_names(blocks: Sequence[AssetsDefinition]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the name of each block, and a warning for each name that was taken by several.

    Blocks of one name are each called by it and their smallest key instead, so that a name
    does not depend on which block comes first. A job of ops keeps its name.

    Raises:
        DuplicateError: names are still equal.
    """
    uses = Counter(block.options.node_name for block in blocks)
    names = tuple(
        block.options.node_name
        if uses[block.options.node_name] == 1 or block.options.is_op_job
        else _longer_name(block)
        for block in blocks
    )
    first: dict[str, AssetsDefinition] = {}
    for name, block in zip(names, blocks, strict=True):
        other = first.setdefault(name, block)
        if other is not block:
            raise DuplicateError(
                f"{other.options.owner} and {block.options.owner} would both be called {name!r}"
                " in step keys.",
                fix="Give one of them another name.",
                source=block.source,
                others=(other.source,),
            )
    warnings = []
    for taken in sorted(name for name, count in uses.items() if count > 1):
        longer = sorted(
            name
            for name, block in zip(names, blocks, strict=True)
            if block.options.node_name == taken
        )
        warnings.append(
            f"{uses[taken]} blocks are named {taken!r}; their steps are called"
            f" {', '.join(longer)} instead."
        )
    return names, tuple(warnings)


def _longer_name(block: AssetsDefinition) -> str:
    if block.keys:
        return f"{block.options.node_name}__{min(block.keys).node_name}"
    return f"{block.options.node_name}__{min(block.options.checks)}"
