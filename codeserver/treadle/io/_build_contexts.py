"""Contexts of IO managers for tests: what one is told of a value, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._keys import KeyLike, as_key
from treadle._source import user_line
from treadle.io._io_manager import InputContext, OutputContext
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle.ops._op import OpDefinition
from treadle.partitions._in_contexts import Partitions
from treadle.steps._context import OpExecutionContext
from treadle.steps._resources import Resources

if TYPE_CHECKING:
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._time_windows import PartitionKeyRange


@checked
def build_output_context(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
    step_key: str = "test",
    name: str = DEFAULT_OUTPUT,
    metadata: Mapping[str, Any] | None = None,
    run_id: str = "EPHEMERAL",
    mapping_key: str | None = None,
    config: object = None,
    dagster_type: Any = Any,
    version: object = None,
    resource_config: Any = None,
    resources: Mapping[str, Any] | None = None,
    op_def: OpDefinition | None = None,
    asset_key: KeyLike | None = None,
    partition_key: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    output_metadata: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, str] | None = None,
) -> OutputContext:
    """Make a context to call `handle_output` with in a test.

    The parameters are Dagster's; `metadata` is its older name of `definition_metadata`.
    """
    given = {"config": config, "version": version}
    refuse_unsupported("build_output_context", given)
    return OutputContext(
        name=name,
        step_key=step_key,
        run_id=run_id,
        dagster_type=dagster_type,
        definition_metadata=dict(definition_metadata or metadata or {}),
        output_metadata=dict(output_metadata or {}),
        resources=Resources(resources or {}),
        run_tags=dict(run_tags or {}),
        key=None if asset_key is None else as_key(asset_key),
        resource_config=resource_config,
        op_def=op_def,
        mapping_key=mapping_key,
        partitions=None if partition_key is None else Partitions((partition_key,)),
    )


@checked
def build_input_context(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
    name: str = "input",
    config: object = None,
    metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    dagster_type: Any = Any,
    resource_config: Any = None,
    resources: Mapping[str, Any] | None = None,
    op_def: OpDefinition | None = None,
    step_context: OpExecutionContext | None = None,
    asset_key: KeyLike | None = None,
    partition_key: str | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    instance: object = None,
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str = "EPHEMERAL",
    run_tags: Mapping[str, str] | None = None,
) -> InputContext:
    """Make a context to call `load_input` with in a test, of a value that `upstream_output` tells of.

    The parameters are Dagster's; without `upstream_output` the value is that of `asset_key`. Which keys a
    range has, `asset_partitions_def` says.

    Raises:
        ArgumentError: a partition and a range are given, or a range without its definition.
    """
    given = {
        "config": config,
        "instance": instance,
    }
    refuse_unsupported("build_input_context", given)
    key = None if asset_key is None else as_key(asset_key)
    partitions = _partitions(partition_key, asset_partition_key_range, asset_partitions_def)
    return InputContext(
        name=name,
        upstream_output=upstream_output or OutputContext(key=key, partitions=partitions),
        step_key="test",
        run_id=run_id,
        dagster_type=dagster_type,
        definition_metadata=dict(definition_metadata or metadata or {}),
        resources=Resources(resources or {}),
        run_tags=dict(run_tags or {}),
        resource_config=resource_config,
        op_def=op_def,
        step_context=step_context,
        partitions=partitions,
    )


def _partitions(
    key: str | None, keys: PartitionKeyRange | None, definition: PartitionsDefinition | None
) -> Partitions | None:
    of = None if definition is None else definition.contract
    if keys is None:
        return None if key is None else Partitions((key,), of)
    if key is not None or definition is None:
        raise ArgumentError(
            "build_input_context: asset_partition_key_range is given"
            f" {'with a partition_key' if definition else 'without asset_partitions_def'}.",
            fix="Give the range and the asset_partitions_def that it is of, or a partition_key.",
            source=user_line(),
        )
    return Partitions(tuple(definition.get_partition_keys_in_range(keys)), of, by_key=True)
