"""What AssetsDefinition.from_graph and from_op say of a node, as the one specification of a block."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from treadle._errors import ArgumentError, ConflictError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key, key_parts
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_ins_outs import AssetIn, AssetOut
from treadle.assets._block_options import (
    BlockOptions,
    block_options,
    refuse_unsupported_options,
    with_defaults,
    with_own_manager,
)
from treadle.graphs._graph import GraphDefinition
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle.ops._op import OpDefinition

T = TypeVar("T")


def node_options(
    node: OpDefinition | GraphDefinition, given: Mapping[str, Any], *, label: str
) -> BlockOptions:
    """Read what was given, by parameter name.

    Raises:
        DefinitionError: an argument cannot work, or the node has no output.
    """
    refuse_unsupported_options(label, given)
    owner = f"{label} {node.name!r}"
    _refuse_unassignable(node, owner)
    checks = _checks(node, given.get("check_specs"), owner)
    given = with_own_manager(dict(given), node.name, label)
    input_keys = _all_or_none(
        given,
        "keys_by_input_name",
        [name for name in node.ins if name not in node.input_assets],
        owner,
    )
    mappings = _some(given, "partition_mappings", node.ins, owner)
    ins = {
        name: AssetIn(input_keys.get(name), partition_mapping=mappings.get(name))
        for name in node.ins
        if name in input_keys or name in mappings
    }
    named = {**given, "ins": ins}
    return block_options(
        named,
        owner=owner,
        node_name=node.name,
        outs=_outs([name for name in node.outs if name not in checks], node, given, owner),
        description=node.description,
    )


def checked_node(node: object, kind: type[T], *, label: str) -> T:
    """Return the node if it is of the kind that is asked for.

    Raises:
        ArgumentError: it is not.
    """
    if isinstance(node, kind):
        return node
    made_by = "@op" if kind is OpDefinition else "@graph"
    raise ArgumentError(
        f"{label}: {in_words(node)} is not what {made_by} makes.",
        fix=f"Decorate the function with {made_by}.",
        source=user_line(),
    )


def _refuse_unassignable(node: OpDefinition | GraphDefinition, owner: str) -> None:
    if not node.outs:
        raise ArgumentError(
            f"{owner} has no output, so it makes no asset.",
            fix="Have it return what is to be the asset.",
            source=user_line(),
        )


def _checks(
    node: OpDefinition | GraphDefinition, specs: object, owner: str
) -> Mapping[str, object]:
    """Return the checks that outputs of the node give the results of, by output."""
    if not specs:
        return {}
    from treadle.checks._block_checks import (  # noqa: PLC0415 -- few modules have checks
        checked_specs,
        refuse_lacking,
    )

    checks = checked_specs(specs, owner=owner)
    refuse_lacking(checks, node.outs, owner=owner)
    return checks


def _outs(
    outputs: Collection[str],
    node: OpDefinition | GraphDefinition,
    given: Mapping[str, Any],
    owner: str,
) -> dict[str, AssetOut]:
    keys = _all_or_none(given, "keys_by_output_name", outputs, owner)
    if given["group_name"] is not None and given["group_names_by_output_name"]:
        raise ConflictError(
            f"{owner} has group_name and group_names_by_output_name.",
            fix="Give one of them.",
            source=user_line(),
        )
    per_output = {
        parameter: _some(given, parameter, outputs, owner)
        for parameter in (
            "group_names_by_output_name",
            "descriptions_by_output_name",
            "metadata_by_output_name",
            "tags_by_output_name",
            "owners_by_output_name",
            "code_versions_by_output_name",
        )
    }
    prefix = key_parts(given["key_prefix"])
    # The group and the prefix are in what is said of each.
    common = {**given, "group_name": None, "key_prefix": None}
    outs = {
        output: AssetOut(
            key=AssetKey((*prefix, *_key(node, outputs, output, keys.get(output)).path)),
            group_name=per_output["group_names_by_output_name"].get(output) or given["group_name"],
            description=per_output["descriptions_by_output_name"].get(output)
            or _only_description(node, outputs),
            metadata=per_output["metadata_by_output_name"].get(output),
            tags=per_output["tags_by_output_name"].get(output),
            owners=per_output["owners_by_output_name"].get(output),
            code_version=per_output["code_versions_by_output_name"].get(output),
        )
        for output in outputs
    }
    return {output: with_defaults(out, common, owner=owner) for output, out in outs.items()}


def _key(
    node: OpDefinition | GraphDefinition,
    outputs: Collection[str],
    output: str,
    given: KeyLike | None,
) -> AssetKey:
    if given is not None:
        return as_key(given)
    is_unnamed = output == DEFAULT_OUTPUT and len(outputs) == 1
    return AssetKey([node.name if is_unnamed else output])


def _only_description(node: OpDefinition | GraphDefinition, outputs: Collection[str]) -> str | None:
    return node.description or None if len(outputs) == 1 else None


def _all_or_none(
    given: Mapping[str, Any], parameter: str, names: Collection[str], owner: str
) -> Mapping[str, Any]:
    found = _some(given, parameter, names, owner)
    missing = [name for name in names if name not in found]
    if found and missing:
        raise ArgumentError(
            f"{owner}: {parameter} does not name {listed(missing)}.",
            fix=f"Name every one: {listed(names)}; or leave {parameter} out.",
            source=user_line(),
        )
    return found


def _some(
    given: Mapping[str, Any], parameter: str, names: Collection[str], owner: str
) -> Mapping[str, Any]:
    found: Mapping[str, Any] = given.get(parameter) or {}
    for name in found:
        if name not in names:
            raise ArgumentError(
                f"{owner}: {parameter} names {name!r}, which it does not have."
                + did_you_mean(str(name), names),
                fix=f"It has {listed(names)}.",
                source=user_line(),
            )
    return found
