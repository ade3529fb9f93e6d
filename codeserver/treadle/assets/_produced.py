"""ProducedAsset: an asset as its block makes it, everything said of it put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._errors import DuplicateError
from treadle._keys import AssetKey
from treadle._metadata import metadata_entries
from treadle._source import user_line
from treadle.assets._asset_ins_outs import AssetOut
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER, Out
from treadle.ops._op import OpDefinition
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.value import MetadataEntry

DEFAULT_GROUP = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducedAsset:
    """One asset of a block. `type` is its value's, `Nothing` if it has none.

    `keep_versions` is how many versions of it stay, 0 where it leaves that to the launcher.
    """

    key: AssetKey
    type: Any
    description: str
    group: str
    metadata: Mapping[str, Any]
    entries: tuple[MetadataEntry, ...]
    tags: Mapping[str, str]
    kinds: tuple[str, ...]
    owners: tuple[str, ...]
    code_version: str
    io_manager_key: str
    keep_versions: int


def key_of(out: AssetOut, output: str) -> AssetKey:
    """Return the key of the asset that this output produces."""
    return out.key or AssetKey((*out.key_prefix, output))


def produced_asset(
    output: str, said: AssetOut, out: Out, op: OpDefinition, *, owner: str
) -> ProducedAsset:
    """Put together what is said of an asset and of the op output that produces it.

    Raises:
        ArgumentError: metadata holds something that is not plain data.
    """
    if said.is_whole:
        out, op_version = replace(out, metadata={}, description=None, code_version=None), None
    else:
        op_version = op.code_version
    metadata = {**out.metadata, **said.metadata}
    return ProducedAsset(
        key=key_of(said, output),
        type=out.dagster_type,
        description=said.description if said.description is not None else out.description or "",
        group=said.group_name or DEFAULT_GROUP,
        metadata=metadata,
        entries=metadata_entries(metadata, owner=f"{owner}, output {output!r}"),
        tags=said.tags,
        kinds=tuple(sorted(said.kinds)),
        owners=said.owners,
        code_version=said.code_version or out.code_version or op_version or "",
        io_manager_key=said.io_manager_key or out.io_manager_key or DEFAULT_IO_MANAGER,
        keep_versions=said.keep_versions or 0,
    )


def refuse_equal_keys(outs: Mapping[str, AssetOut], *, owner: str) -> None:
    """Refuse two outputs that would produce one asset.

    Raises:
        DuplicateError: two outputs have one key.
    """
    if len(outs) == 1:
        return
    first: dict[AssetKey, str] = {}
    for output, said in outs.items():
        key = key_of(said, output)
        other = first.setdefault(key, output)
        if other != output:
            raise DuplicateError(
                f"{owner}: outputs {other!r} and {output!r} both make the asset {key.text!r}.",
                fix="Give them different keys.",
                source=user_line(),
            )
