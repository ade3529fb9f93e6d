"""Contents: what one target defines, each thing once, before anything is joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from treadle._errors import ConflictError, DuplicateError
from treadle._keys import AssetKey
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition
from treadle.locations.snapshot import SourceLine
from treadle_contract.lazy_dataclasses import dataclass, replace

if TYPE_CHECKING:
    from treadle.locations._jobs import AssetJob


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """The blocks, specs, jobs and resources of one target. `source` is where they were put
    together: the line of `Definitions`, or the module (line 0) that has none. `resources` are those of
    all blocks, without those that jobs of ops bring for themselves.
    """

    blocks: tuple[AssetsDefinition, ...]
    specs: tuple[AssetSpec, ...]
    jobs: tuple[AssetJob, ...]
    resources: Mapping[str, object]
    source: SourceLine

    @property
    def given(self) -> tuple[AssetsDefinition | AssetSpec, ...]:
        """The blocks and specs, without the blocks that jobs of ops and specs bring."""
        own = (each for each in self.blocks if each.options.outs or each.options.is_of_checks)
        return (*own, *self.specs)

    @property
    def keys(self) -> AbstractSet[AssetKey]:
        """The keys that arguments and `deps` may name."""
        # As sets, whose hashes are known.
        made = frozenset[AssetKey]().union(*(block.keys for block in self.blocks))
        return made | {spec.key for spec in self.specs}

    def resources_of(self, block: AssetsDefinition) -> Mapping[str, object]:
        """Return the resources that the steps of a block have, by key."""
        return resources_of(block, self.resources)

    @property
    def lines(self) -> tuple[SourceLine, ...]:
        """The source, if it is a line, as a further place in messages."""
        return (self.source,) if self.source.line else ()


def with_observers(contents: Contents) -> Contents:
    """Return the contents with the blocks that look at assets of elsewhere, each once."""
    found = {id(block): block for spec in contents.specs if (block := spec.observer) is not None}
    if not found:
        return contents
    known = {id(block) for block in contents.blocks}
    more = (block for key, block in found.items() if key not in known)
    return replace(contents, blocks=(*contents.blocks, *more))


def resources_of(block: AssetsDefinition, of_all: Mapping[str, object]) -> Mapping[str, object]:
    """Return the resources of a block: what a job of ops brings is its own, and wins over those of all."""
    if not (block.options.is_op_job and block.resource_defs):
        return of_all
    return {**of_all, **block.resource_defs}


def with_own_resources(contents: Contents) -> Contents:
    """Return the contents with the resources that assets and checks bring, which are for all.

    Raises:
        ConflictError: two different ones have one key.
    """
    bringing: list[tuple[str, AssetsDefinition | AssetSpec]] = [
        *(
            (each.options.owner, each)
            for each in contents.blocks
            if each.resource_defs and not each.options.is_op_job
        ),
        *(
            (f"SourceAsset {each.key.text!r}", each)
            for each in contents.specs
            if each.resource_defs
        ),
    ]
    if not bringing:
        return contents
    joined = dict(contents.resources)
    for owner, each in bringing:
        for key, resource in each.resource_defs.items():
            if not is_same_resource(joined.setdefault(key, resource), resource):
                raise ConflictError(
                    f"{owner} brings a resource {key!r}, and another one has that key.",
                    fix="Give it once, to Definitions(resources={…}), or rename one of them.",
                    source=each.source,
                    others=contents.lines,
                )
    return replace(contents, resources=joined)


def is_same_resource(first: object, second: object) -> bool:
    """Whether what two definitions give under one key is one thing, or equal ones."""
    if first is second:
        return True
    try:
        return type(first) is type(second) and bool(first == second)
    except Exception:  # noqa: BLE001 -- the user's own comparison, of which we only need a yes
        return False


def refuse_equal_keys(blocks: Iterable[AssetsDefinition], specs: Iterable[AssetSpec]) -> None:
    """Refuse two definitions of one asset.

    Raises:
        DuplicateError: an asset is made twice, declared twice, or made and declared.
    """
    blocks, specs = tuple(blocks), tuple(specs)
    keys = frozenset[AssetKey]().union(*(block.keys for block in blocks))
    if len(keys.union(spec.key for spec in specs)) == sum(
        (*(len(block.keys) for block in blocks), len(specs))
    ):
        return
    made = [(key, block.source, "makes") for block in blocks for key in sorted(block.keys)]
    declared = [(spec.key, spec.source, "declares") for spec in specs]
    first: dict[AssetKey, tuple[SourceLine, str]] = {}
    for key, source, verb in (*made, *declared):
        if key not in first:
            first[key] = (source, verb)
            continue
        other, _ = first[key]
        raise DuplicateError(
            f"The asset {key.text!r} is defined twice: this line {verb} it,"
            f" and the other one {first[key][1]} it.",
            fix="Give one of them another key, or remove it."
            if verb == "makes"
            else "Remove the AssetSpec: it declares what is made elsewhere.",
            source=source,
            others=(other,),
        )


def refuse_equal_observers(blocks: Iterable[AssetsDefinition]) -> None:
    """Refuse two functions that look at one asset, and one that looks at what is made here.

    Raises:
        DuplicateError: there is such an asset.
    """
    observers = [block for block in blocks if block.options.observes]
    if not observers:
        return
    others = {key: (block, "makes") for block in blocks for key in block.keys}
    for block in observers:
        for key in block.options.observes.values():
            other, verb = others.setdefault(key, (block, "observes"))
            if other is not block:
                raise DuplicateError(
                    f"{block.options.owner} observes {key.text!r}, and {other.options.owner} {verb} it, too.",
                    fix="Remove one of them: what is observed is made elsewhere, and has one function"
                    " that looks at it.",
                    source=block.source,
                    others=(other.source,),
                )


def refuse_equal_job_names(jobs: Iterable[AssetJob]) -> None:
    """Refuse two jobs of one name.

    Raises:
        DuplicateError: there are.
    """
    first: dict[str, AssetJob] = {}
    for job in jobs:
        other = first.setdefault(job.name, job)
        if other is not job:
            raise DuplicateError(
                f"There are two jobs named {job.name!r}.",
                fix="Give one of them another name.",
                source=job.source,
                others=(other.source,),
            )
