"""AssetsDefinition(…) as a constructor: what Dagster's takes, by key, read as from_graph and from_op read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle_contract.lazy_dataclasses import field_names

if TYPE_CHECKING:
    from treadle.assets._assets import AssetsDefinition
    from treadle.graphs._graph import GraphDefinition
    from treadle.hooks._hook import HookDefinition
    from treadle.ops._op import OpDefinition
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._mappings import PartitionMapping

_BY_OUTPUT = {
    "group_names_by_key": "group_names_by_output_name",
    "descriptions_by_key": "descriptions_by_output_name",
    "metadata_by_key": "metadata_by_output_name",
    "tags_by_key": "tags_by_output_name",
    "owners_by_key": "owners_by_output_name",
}


class Constructed:
    """The constructor of a block, for those who have a node and say the rest by key."""

    __slots__ = ()

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        keys_by_input_name: Mapping[str, KeyLike] | None = None,
        keys_by_output_name: Mapping[str, KeyLike] | None = None,
        node_def: OpDefinition | GraphDefinition | None = None,
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[AssetKey, PartitionMapping] | None = None,
        asset_deps: Mapping[AssetKey, AbstractSet[AssetKey]] | None = None,
        selected_asset_keys: object = None,
        can_subset: bool = False,
        resource_defs: Mapping[str, Any] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        metadata_by_key: Mapping[AssetKey, Mapping[str, Any]] | None = None,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        descriptions_by_key: Mapping[AssetKey, str] | None = None,
        check_specs_by_output_name: object = None,
        selected_asset_check_keys: object = None,
        is_subset: object = False,
        owners_by_key: Mapping[AssetKey, Iterable[str]] | None = None,
        specs: Iterable[AssetSpec] | None = None,
        execution_type: object = None,
        hook_defs: AbstractSet[HookDefinition] | None = None,
    ) -> None:
        given = dict(locals())
        unsupported = (
            "selected_asset_keys",
            "check_specs_by_output_name",
            "selected_asset_check_keys",
            "is_subset",
            "execution_type",
        )
        refuse_unsupported("AssetsDefinition", {name: given[name] for name in unsupported})
        if node_def is None:
            raise _nodeless(specs)
        made = _block(node_def, given, tuple(specs or ()))
        for name in field_names(type(made)) or ():
            object.__setattr__(self, name, getattr(made, name))


# Under the name of the class that has it.
setattr(Constructed, "__init__", checked(Constructed.__init__, label="AssetsDefinition"))  # noqa: B010 -- mypy minds the plain form


def _nodeless(specs: object) -> ArgumentError:
    return ArgumentError(
        "AssetsDefinition has no node_def, so nothing makes its assets.",
        fix="Give the AssetSpecs themselves to Definitions(assets=[AssetSpec(…), …])."
        if specs
        else "Give node_def=, which @op or @graph made.",
        source=user_line(),
    )


def _block(node: Any, given: Mapping[str, Any], specs: tuple[AssetSpec, ...]) -> AssetsDefinition:
    from treadle.assets._assets import AssetsDefinition, make_block  # noqa: PLC0415 -- it derives from this
    from treadle.assets._changed_blocks import mapped  # noqa: PLC0415 -- few modules construct
    from treadle.assets._node_options import node_options  # noqa: PLC0415 -- as above

    if isinstance(node, AssetsDefinition) or not hasattr(node, "outs"):
        raise ArgumentError(
            f"AssetsDefinition: node_def is {in_words(node)}, which neither @op nor @graph made.",
            fix="Give what @op or @graph made.",
            source=user_line(),
        )
    label = "AssetsDefinition"
    by_output = _keys(given["keys_by_output_name"], node, specs)
    outputs = {key: output for output, key in by_output.items()}
    named: dict[str, Any] = dict.fromkeys(
        ("key_prefix", "group_name", "check_specs", "code_versions_by_output_name")
    )
    named |= {each: given[each] for each in ("keys_by_input_name", "can_subset", "resource_defs")}
    named |= {"hook_defs": given["hook_defs"], "keys_by_output_name": by_output or None}
    named |= {each: given[each] for each in ("partitions_def", "backfill_policy")}
    named["partition_mappings"] = _by_input(given, node, label)
    named |= {
        theirs: _by_output(given[ours], outputs, f"{label}: {ours}")
        for ours, theirs in _BY_OUTPUT.items()
    }
    named["internal_asset_deps"] = _by_output(given["asset_deps"], outputs, f"{label}: asset_deps")
    made = make_block(node, node_options(node, named, label=label), user_line())
    return mapped(made, lambda spec: _said(spec, specs)) if specs else made


def _keys(given: Any, node: Any, specs: tuple[AssetSpec, ...]) -> dict[str, AssetKey]:
    """Return the keys by output: those given, else those of the specs, else those that follow of names."""
    if given:
        return {output: as_key(key) for output, key in given.items()}
    if specs and len(specs) == len(node.outs):
        return dict(zip(node.outs, (spec.key for spec in specs), strict=True))
    only = len(node.outs) == 1
    return {
        output: AssetKey([node.name if only and output == "result" else output])
        for output in node.outs
    }


def _by_input(given: Mapping[str, Any], node: Any, label: str) -> dict[str, Any]:
    """Return the partition mappings by the input that reads the asset which they are said of."""
    keys = {name: AssetKey([name]) for name in node.ins}
    keys |= {name: as_key(key) for name, key in (given["keys_by_input_name"] or {}).items()}
    inputs = {key: name for name, key in keys.items()}
    return _by_output(given["partition_mappings"], inputs, f"{label}: partition_mappings") or {}


def _by_output(said: Any, outputs: Mapping[AssetKey, str], where: str) -> dict[str, Any] | None:
    if not said:
        return None
    found = {}
    for key, each in said.items():
        if as_key(key) not in outputs:
            texts = sorted(known.text for known in outputs)
            raise ArgumentError(
                f"{where} names {as_key(key).text!r}, which is none of its assets."
                + did_you_mean(as_key(key).text, texts),
                fix=f"Its assets are {listed(texts)}.",
                source=user_line(),
            )
        found[outputs[as_key(key)]] = each
    return found


def _said(spec: AssetSpec, specs: tuple[AssetSpec, ...]) -> AssetSpec:
    return next((each for each in specs if each.key == spec.key), spec)
