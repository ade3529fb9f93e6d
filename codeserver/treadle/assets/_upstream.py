"""Which asset each argument of a block reads, among those that its target knows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from treadle._errors import MissingError, did_you_mean
from treadle._keys import AssetKey
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition
from treadle.locations.snapshot import SourceLine
from treadle.ops._op_params import context_hint


def upstream_of(
    block: AssetsDefinition, known: AbstractSet[AssetKey], others: tuple[SourceLine, ...]
) -> dict[str, AssetKey]:
    """Return the key of the asset that each argument reads.

    An argument that only its name speaks for reads the asset of that name, or, where there is
    none, the one beside the block's own assets. `others` are further lines for the message.

    Raises:
        MissingError: an argument, or `deps`, names an asset that is not known.
    """
    owner = block.options.owner
    upstream = {argument: _key(block, argument, known) for argument in block.asset_ins}
    for argument, key in upstream.items():
        if key not in known:
            what = f"argument {argument!r} reads"
            raise _missing(key, known, owner, what, (block.source, *others))
    for key in block.options.deps:
        if _dep(block, key, known) not in known:
            raise _missing(key, known, owner, "deps names", (block.source, *others))
    return upstream


def deps_of(block: AssetsDefinition, known: AbstractSet[AssetKey]) -> dict[AssetKey, AssetKey]:
    """Return the assets that `deps` name, each by the key given: where it is not known, it is looked
    for beside the block's own assets, as an argument's is.
    """
    return {key: _dep(block, key, known) for key in block.options.deps}


def _dep(block: AssetsDefinition, key: AssetKey, known: AbstractSet[AssetKey]) -> AssetKey:
    if key in known or not block.prefix:
        return key
    beside = AssetKey((*block.prefix, *key.parts))
    return beside if beside in known else key


def refuse_unknown_spec_deps(
    specs: Iterable[AssetSpec], known: AbstractSet[AssetKey], others: tuple[SourceLine, ...]
) -> None:
    """Refuse a declared asset whose `deps` name what is not known.

    Raises:
        MissingError: there is one.
    """
    for spec in specs:
        for key in spec.dep_keys:
            if key not in known:
                owner = f"AssetSpec {spec.key.text!r}"
                raise _missing(key, known, owner, "deps names", (spec.source, *others))


def _key(block: AssetsDefinition, argument: str, known: AbstractSet[AssetKey]) -> AssetKey:
    said = block.asset_ins[argument]
    key = said.key_for(argument)
    if key in known or not said.is_inferred:
        return key
    beside = AssetKey((*block.prefix, argument))
    return beside if beside in known else key


def _missing(
    key: AssetKey,
    known: Iterable[AssetKey],
    owner: str,
    what: str,
    lines: tuple[SourceLine, ...],
) -> MissingError:
    hint = did_you_mean(key.text, (each.text for each in known)) + context_hint(key.parts[-1:])
    return MissingError(
        f"{owner}: {what} the asset {key.text!r}, which is not defined.{hint}",
        fix=f"Correct the name, give its asset to Definitions, or declare it there as made"
        f" elsewhere: AssetSpec({key.text!r}).",
        source=lines[0],
        others=lines[1:],
    )
