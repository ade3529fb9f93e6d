"""Parameters that are not taken where Dagster, or another way to make a block, takes them: why, and what says it there.

Of the one specification of blocks all six (`asset`, `multi_asset`, `graph_asset`, `graph_multi_asset`, `from_graph`, `from_op`) take what is
in it, but for `MEANINGLESS`. A test holds this against their signatures, and `_OF_DAGSTERS` against Dagster's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ONE_ASSET: Final = {
    "can_subset": "It makes one asset, of which no part can be selected: leave it out.",
    "outs": "It makes one asset: write key, metadata, io_manager_key… themselves, or use {several}.",
    "specs": "It makes one asset: use multi_asset(specs=[…]).",
    "group_names_by_output_name": "It makes one asset: write group_name.",
}
_EACH_OUT: Final = {
    "key": "It makes several assets: give each its own, outs={{name: AssetOut(key=…)}}.",
    "output_required": "It makes several assets: say it of each, outs={{name: AssetOut(is_required=False)}}.",
    "dagster_type": "It makes several assets: say it of each, outs={{name: AssetOut(dagster_type=…)}}.",
    "group_names_by_output_name": "Say it of each output: outs={{name: AssetOut(group_name=…)}}.",
}
_OF_AN_OP: Final = {
    "config": "It is one op, which reads its config: annotate an argument `config: MyConfig`.",
}
_OF_A_GRAPH: Final = {
    "config_schema": "A graph reads no config: give it to the ops, or config={{…}}, or a @config_mapping.",
    "specs": "The ops of a graph make the assets: name them with outs={{name: AssetOut(…)}}.",
}
_OF_A_FUNCTION: Final = {
    "partition_mappings": "Say it where the asset is read: ins={{name: AssetIn(partition_mapping=…)}}.",
}
_OF_A_NODE: Final = {
    "name": "What it is called, {node} says: {node}(name=…).",
    "key": "Write keys_by_output_name={{output: key}}.",
    "ins": "Write keys_by_input_name={{input: key}}.",
    "outs": "What is said of one output has its own: keys_by_output_name, metadata_by_output_name….",
    "specs": "Its outputs are the assets: write keys_by_output_name.",
    "description": "Write descriptions_by_output_name={{output: text}}.",
    "hooks": "Write hook_defs={{…}}: it is Dagster's name here.",
    "config": "It is of the node: @graph(config=…); an op annotates an argument `config: MyConfig`.",
    "config_schema": "It is of the op: @op(config_schema=…).",
    "output_required": "It is of the op's output: Out(is_required=False).",
    "dagster_type": "It is of the op's output: Out(dagster_type=…).",
}
#: By the way to make a block, and argument: what to write instead.
MEANINGLESS: Final[Mapping[str, Mapping[str, str]]] = {
    "asset": {
        **_ONE_ASSET,
        **_OF_AN_OP,
        **_OF_A_FUNCTION,
        "internal_asset_deps": "It makes one asset, for which all that it reads is needed: leave it out.",
    },
    "multi_asset": {**_EACH_OUT, **_OF_AN_OP, **_OF_A_FUNCTION},
    "graph_asset": {**_ONE_ASSET, **_OF_A_GRAPH, **_OF_A_FUNCTION},
    "graph_multi_asset": {**_EACH_OUT, **_OF_A_GRAPH, **_OF_A_FUNCTION},
    "from_graph": _OF_A_NODE,
    "from_op": _OF_A_NODE,
}
_OF_THE_HOME: Final = "What keeps runs and values is the launcher's, and in process a folder: DagsterInstance(folder)."
_OF_A_RESULT: Final = "Do not make one: materialize(…) and execute_in_process(…) return it."
_OF_AN_EXECUTOR: Final = (
    "Use one of those that are there: in_process_executor, multiprocess_executor."
)
_OWN_LOOP: Final = "Leave it out: what is async runs in a loop of its own."
_NO_RUN_TAGS: Final = "Give them with the run: --tag KEY=VALUE, client.materialize(tags={{…}})."
_NO_EVENT_TAGS: Final = {"tags": "Say it in metadata={{…}}: what is told of an asset has no tags."}
_OF_ENTRIES: Final = "Say it of the entry: Field(…, description=…)."
_OF_JOBS: Final = {
    "asset_layer": "Leave it out: a job's assets are those that its selection names.",
    "logger_defs": "Leave it out, and use context.log, or logging.getLogger.",
    "metadata": "Say it with tags={{…}}, or in the description.",
    "owners": "Assets have owners. Of a job say it with tags={{…}}.",
}
_OF_ASSETS: Final = {
    "check_specs_by_output_name": "Say it where the assets are made: check_specs=[…].",
    "execution_type": "Leave it out: what is made elsewhere is an AssetSpec by itself.",
    "is_subset": "Leave it out: what is selected, each run says.",
    "selected_asset_check_keys": "Leave it out: what is selected, each run says.",
    "selected_asset_keys": "Leave it out: what is selected, each run says.",
}
_OF_PARTITIONED: Final = {
    "run_config_for_partition_fn": "Write run_config_for_partition_key_fn=….",
    "tags_for_partition_fn": _NO_RUN_TAGS,
    "tags_for_partition_key_fn": _NO_RUN_TAGS,
}
_OF_GRAPHS: Final = {
    "composition_fn": "Leave it out: what stands in the graph, node_defs and dependencies say.",
    "input_assets": "Make assets of it: AssetsDefinition.from_graph(keys_by_input_name={{…}}).",
    "node_input_source_assets": "Make assets of it: AssetsDefinition.from_graph(keys_by_input_name={{…}}).",
}
#: Parameters of Dagster's that what has the same name here does not take: by name, why, and what to write.
_OF_DAGSTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "AssetChecksDefinition": _OF_ASSETS,
    "AssetMaterialization": _NO_EVENT_TAGS,
    "AssetObservation": _NO_EVENT_TAGS,
    "AssetsDefinition": _OF_ASSETS,
    "DagsterType": {"kind": "Leave it out: a type is what its type_check_fn takes."},
    "Definitions": {
        "component_tree": "Leave it out: there are no components.",
        "metadata": "Say it of each asset: metadata={{…}}.",
    },
    "GraphDefinition": _OF_GRAPHS,
    "In": {"asset_key": "An asset says what it reads: ins={{name: AssetIn(key=…)}}."},
    "JobDefinition": _OF_JOBS,
    "Map": {"key_label_name": "Leave it out: what keys mean, the description says."},
    "MaterializeResult": _NO_EVENT_TAGS,
    "ObserveResult": _NO_EVENT_TAGS,
    "Output": _NO_EVENT_TAGS,
    "OutputMapping": {
        "dagster_type": "It is of the op's output: Out(dagster_type=…).",
        "from_dynamic_mapping": "Leave it out: what is mapped, .map(…) in the graph says.",
    },
    "PartitionedConfig": _OF_PARTITIONED,
    "Permissive": {"description": _OF_ENTRIES},
    "Selector": {"description": _OF_ENTRIES},
    "Shape": {
        "description": _OF_ENTRIES,
        "field_aliases": "Write a Config class, whose fields have aliases: pydantic.Field(alias=…).",
    },
    "RunConfig": {"execution": "Say it of the job: executor_def=…."},
    "daily_partitioned_config": _OF_PARTITIONED,
    "define_asset_job": _OF_JOBS,
    "hourly_partitioned_config": _OF_PARTITIONED,
    "job": _OF_JOBS,
    "monthly_partitioned_config": _OF_PARTITIONED,
    "partitioned_config": _OF_PARTITIONED,
    "static_partitioned_config": _OF_PARTITIONED,
    "weekly_partitioned_config": _OF_PARTITIONED,
    "AssetDep": {"metadata": "Say it of an asset: AssetSpec(metadata={{…}})."},
    "DagsterInstance": dict.fromkeys(
        (
            "instance_type",
            "local_artifact_storage",
            "run_storage",
            "event_storage",
            "run_coordinator",
            "compute_log_manager",
            "run_launcher",
            "scheduler",
            "schedule_storage",
            "settings",
            "secrets_loader",
            "defs_state_storage",
            "ref",
        ),
        _OF_THE_HOME,
    ),
    "ExecuteInProcessResult": dict.fromkeys(
        ("event_list", "dagster_run", "output_capture", "job_def"), _OF_A_RESULT
    ),
    "ExecutorDefinition": dict.fromkeys(
        ("config_schema", "requirements", "executor_creation_fn", "description"), _OF_AN_EXECUTOR
    ),
    "Field": {
        "is_secret": "Use a Config class with a pydantic.SecretStr, or tell it as EnvVar('NAME')."
    },
    "HookDefinition": dict.fromkeys(
        ("hook_fn", "decorated_fn"), "Put @success_hook or @failure_hook over the function."
    ),
    "build_op_context": {
        "event_loop": _OWN_LOOP,
        "partition_key_range": "Give one: partition_key=….",
    },
    "build_output_context": {
        "asset_partitions_def": "Give partition_key=…: which others there are, a manager is not told.",
        "asset_partition_key_range": "Give one: partition_key=….",
        "asset_spec": "Give what the manager reads of it: asset_key=…, definition_metadata={{…}}.",
    },
    "build_resources": {
        "dagster_run": "Leave it out: no run is there.",
        "event_loop": _OWN_LOOP,
        "log_manager": "Leave it out, and use logging.getLogger.",
    },
    "config_mapping": {
        "receive_processed_config_values": "Leave it out: the function gets config with its defaults filled in."
    },
    "instance_for_test": {
        "overrides": _OF_THE_HOME,
        "set_dagster_home": "Leave it out: give the instance to what is to use it.",
        "synchronous_run_coordinator": _OF_THE_HOME,
        "synchronous_run_launcher": _OF_THE_HOME,
    },
}
_OF_A_RUN: Final = "Do not make one: what runs gets it, and tests have {builder}."
#: The same of what callers do not make: whatever they give, and what gives it to them.
_NOT_MADE: Final[Mapping[str, str]] = {
    "AssetCheckEvaluation": "Do not make one: a check returns AssetCheckResult(…).",
    "AssetCheckExecutionContext": _OF_A_RUN.format(builder="build_asset_check_context"),
    "AssetExecutionContext": _OF_A_RUN.format(builder="build_asset_context"),
    "HookContext": _OF_A_RUN.format(builder="build_hook_context"),
    "InitResourceContext": _OF_A_RUN.format(builder="build_init_resource_context"),
    "InputContext": _OF_A_RUN.format(builder="build_input_context"),
    "OpExecutionContext": _OF_A_RUN.format(builder="build_op_context"),
    "OutputContext": _OF_A_RUN.format(builder="build_output_context"),
    "TypeCheckContext": _OF_A_RUN.format(builder="check_dagster_type"),
}
#: What takes any value: other parameters that are annotated `object` are refused where they are given.
TAKEN: Final = frozenset(
    {
        *((name, "data_version") for name in ("MaterializeResult", "ObserveResult", "Output")),
        *(
            (f"build_{name}_context", each)
            for name in ("asset", "asset_check", "op")
            for each in ("asset_config", "config", "op_config")
        ),
        ("check_dagster_type", "value"),
    }
)
_WORDS: Final = {
    "asset": {"several": "multi_asset"},
    "graph_asset": {"several": "graph_multi_asset"},
    "from_graph": {"node": "@graph"},
    "from_op": {"node": "@op"},
}


def meaningless(label: str, argument: str) -> str | None:
    """Say what to write instead of an argument that `label` does not take, None if it is not known."""
    said = MEANINGLESS.get(label, {}).get(argument)
    said = said or _OF_DAGSTERS.get(label, {}).get(argument) or _NOT_MADE.get(label)
    return None if said is None else said.format(**_WORDS.get(label, {}))
