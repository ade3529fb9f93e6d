"""Names of Dagster's that are not here: what is written in their place, or that there is nothing yet.

Known are those that modules with graph-backed assets use. `from treadle import NAME` and an
argument of such a name say it; what Treadle has under Dagster's own name is not listed.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

#: Arguments, by name: what to write. `{value}` is what was given, where it is text.
_ARGUMENTS: Final = {
    "asset_deps": "It is Dagster's older name: write internal_asset_deps.",
    "auto_materialize_policy": "Treadle has no automation yet: leave it out.",
    "compute_kind": "It is Dagster's older name: write kinds={{{value}}}.",
    "hook_fn": "Put @success_hook or @failure_hook over the function.",
    "include_sources": "What is made elsewhere is read, and never selected: leave it out.",
    "input_defs": "It is Dagster's older name: write ins={{name: In(…)}}.",
    "non_argument_deps": "It is Dagster's older name: write deps=[…].",
    "output_defs": "It is Dagster's older name: write out={{name: Out(…)}}.",
    "partitions": "Write partitions_def=….",
    "partitions_def": "An asset takes it: @asset(partitions_def=…).",
    "resource_keys": "Write required_resource_keys={{…}}.",
}
#: What there is in the place of arguments that are known and not supported yet.
_UNSUPPORTED: Final = {
    "Write code_version=….": ("version",),
    "Leave it out, or run all of it and ask the result for its parts.": (
        "asset_selection",
        "op_selection",
    ),
    "Leave it out: there is no instance. materialize takes a folder.": ("instance",),
    "Leave it out: outputs and inputs have no config.": (
        "config",
        "input_config_schema",
        "output_config_schema",
    ),
    "Leave it out here: assets and jobs take it.": ("partitions_def",),
    "Write cron_schedule=…, or use DailyPartitionsDefinition(hour_offset=…) or the like.": (
        "schedule_type",
        "minute_offset",
        "hour_offset",
        "day_offset",
    ),
    "Give it a name, and add its keys: client.add_partitions(NAME, [key, …]).": ("partition_fn",),
    "Partitions of an asset that it reads, AssetIn(partition_mapping=…) says.": (
        "asset_partitions",
    ),
    "It has no partitions of its own: run an asset, or a job with partitions_def.": (
        "partition_key",
    ),
    "Automation is not there yet: have a scheduler call the client or the command.": (
        "automation_condition",
        "automation_conditions_by_output_name",
        "auto_materialize_policies_by_output_name",
        "auto_materialize_policies_by_key",
        "auto_observe_interval_minutes",
        "freshness_policy",
        "legacy_freshness_policies_by_key",
        "legacy_freshness_policy",
        "schedules",
        "sensors",
    ),
    "Leave it out: how many steps run at once is said to the launcher, --max-steps.": ("pool",),
    "Leave it out, and use context.log, or logging.getLogger.": ("loggers",),
    "Leave it out: an asset is made by its function, which may make a view.": ("is_virtual",),
    "Leave it out, and write the whole key in the check: @asset_check(asset=…).": (
        "asset_key_prefix",
    ),
    "Give them with the run: --tag KEY=VALUE, client.materialize(tags={…}).": ("run_tags",),
}
_INSTEAD: Final = {name: what for what, names in _UNSUPPORTED.items() for name in names}
#: The same for arguments that another part of the definition takes.
_ELSEWHERE: Final = {
    ("io_manager_key", "out"): "An output takes it: write out=Out(io_manager_key=…).",
    ("metadata", "out"): "An output takes it: write out=Out(metadata=…).",
    ("op_tags", "tags"): "An op takes tags={{…}}.",
    ("dagster_type", "out"): "An output takes it: write out=Out(…).",
    ("is_required", "out"): "An output takes it: write out=Out(is_required=…).",
    ("key", "outs"): "Each asset has its own: write outs={{name: AssetOut(key=…)}}.",
    ("output_required", "outs"): "Each asset has its own: outs={{name: AssetOut(is_required=…)}}.",
}
_NOT_YET: Final = {
    "Write an @asset_check that reads what it needs": (
        "build_column_schema_change_checks",
        "build_last_update_freshness_checks",
        "build_metadata_bounds_checks",
        "build_sensor_for_freshness_checks",
        "build_time_partition_freshness_checks",
    ),
    "A blocking check fails its step: raises StepFailedError": ("DagsterAssetCheckFailedError",),
    "Write a hook for each outcome, with success_hook and failure_hook": (
        "HookExecutionResult",
        "event_list_hook",
    ),
    "Have a scheduler call the client or the command": (
        "RunRequest",
        "ScheduleDefinition",
        "SensorDefinition",
        "asset_sensor",
        "build_schedule_from_partitioned_job",
        "schedule",
        "sensor",
    ),
    "Automation is not there yet": (
        "AutoMaterializePolicy",
        "AutomationCondition",
        "AutomationConditionSensorDefinition",
        "FreshnessPolicy",
    ),
}
#: Of the context, by what they are about.
_CONTEXT: Final = {
    "What the run tells the op is context.op_config": ("op_execution_config",),
    "Tell it with context.log_event(…)": ("add_event",),
    "Make it an argument: its value is loaded": ("load_asset_value",),
    "The job is known by context.job_name": ("job_def",),
    "The client asks a launcher about runs and assets": ("instance",),
    "Run the step again by hand: treadle runs debug RUN STEP --break": ("pdb",),
    "The op is context.op_def, its assets context.selected_asset_keys": (
        "get_step_execution_context",
    ),
    "What a step read is told by its events": ("get_asset_provenance",),
    "The code is not split into repositories": ("location_name", "repository_def"),
}
#: Of the contexts of IO managers.
_VALUE_CONTEXT: Final = {
    "Which partitions an asset has, its definition says": ("asset_partitions_def",),
    "Outputs and inputs have no config: ask context.resource_config, the manager's own": (
        "config",
    ),
    "What is said of the asset is context.definition_metadata": ("asset_spec",),
    "What the code is, its digest says: write code_version=… and ask the plan": ("version",),
    "The client asks a launcher about runs and assets": ("instance",),
    "What was added is context.get_logged_metadata()": ("get_logged_events", "consume_events"),
    "What was said of the input is context.consume_logged_metadata()": ("get_observations",),
}
_OF_VALUE_CONTEXT: Final = {name: what for what, names in _VALUE_CONTEXT.items() for name in names}
_OF_CONTEXT: Final = {name: what for what, names in _CONTEXT.items() for name in names}
_NAMES: Final = {name: what for what, names in _NOT_YET.items() for name in names}
_SEE: Final = "See 'What is not there yet' in README.md."


def replacement(argument: str, value: object, known: Container[str]) -> str | None:
    """Say what is written in the place of an argument of Dagster's, None if it is not known."""
    said = _ARGUMENTS.get(argument)
    if said is None:
        found = [
            text
            for (name, other), text in _ELSEWHERE.items()
            if name == argument and other in known
        ]
        said = found[0] if found else None
    return (
        None if said is None else said.format(value=repr(value) if isinstance(value, str) else "…")
    )


def argument_not_there(argument: str) -> str | None:
    """Say of an argument of Dagster's what is written in its place, None if it is not known."""
    said = _ARGUMENTS.get(argument)
    return _INSTEAD.get(argument) or (None if said is None else said.format(value="…"))


def instead_of_unsupported(argument: str) -> str:
    """Say what to do about an argument that is known and not supported yet."""
    return _INSTEAD.get(argument, f"Leave {argument!r} out.")


def not_in_context(name: str) -> str | None:
    """Say of an attribute of Dagster's context that there is none here, None if it is none."""
    return _said_of(name, _OF_CONTEXT)


def not_in_value_context(name: str) -> str | None:
    """Say the same of the context of an IO manager."""
    return _said_of(name, _OF_VALUE_CONTEXT)


def _said_of(name: str, known: Mapping[str, str]) -> str | None:
    what = known.get(name)
    if what is None:
        return None
    see = f" {_SEE}" if what.endswith("not there yet") else ""
    return f"There is no context.{name}. {what}.{see}"


def not_there(name: str) -> str | None:
    """Say of a name of Dagster's that Treadle does not have it, None if it is none."""
    what = _NAMES.get(name) or _said_of_the_rest(name)
    if what is None:
        return None
    see = f" {_SEE}" if what.endswith("not there yet") else ""
    return f"Treadle has no {name}. {what}.{see}"


def _said_of_the_rest(name: str) -> str | None:
    from treadle._dagster_absent import said_of  # noqa: PLC0415 -- few ask, and modules that start wait for no table

    return said_of(name)
