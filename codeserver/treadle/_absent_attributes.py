"""What Dagster's definitions, selections and results can be asked for, and ours cannot: what to ask instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

_NOT_YET: Final = "{} are not there yet. See 'What is not there yet' in README.md"
_AUTOMATION: Final = _NOT_YET.format("Schedules, sensors and automation")
_RESOLVE: Final = "A plan says it: client.plan(SELECTION), or treadle plan -s SELECTION"

#: By class and attribute: what is asked or written instead, a sentence without its stop.
_INSTEAD: Final = {
    "AssetsDefinition": {
        "subset_for": "Select what you need of it: materialize([…], selection=…), client.materialize(…)",
        "is_subset": "A block is always whole: a run selects of it, and context.is_subset says so",
        "execution_type": "Ask is_materializable; what is made elsewhere is an AssetSpec",
        "computation": "What makes the assets is node_def",
        "node_check_specs_by_output_name": "Ask check_specs_by_output_name",
        "unique_id": "Its keys tell it from all others: keys",
        "get_partition_mapping_for_dep": "Ask get_partition_mapping(KEY)",
        "infer_partition_mapping": "Ask get_partition_mapping(KEY); treadle graph says the rest",
        "auto_materialize_policies_by_key": _AUTOMATION,
        "legacy_freshness_policies_by_key": _AUTOMATION,
        "get_resource_requirements": "Ask required_resource_keys",
        "input_names_by_node_key": "Ask keys_by_input_name, which is the other way round",
        "entity_keys_by_output_name": "Ask keys_by_output_name and check_specs_by_output_name",
        "output_names_by_entity_key": "Ask get_output_name_for_asset_key(KEY)",
        "get_upstream_input_keys": "Ask keys_by_input_name",
    },
    "AssetSelection": {
        "resolve": _RESOLVE,
        "resolve_inner": _RESOLVE,
        "resolve_checks": _RESOLVE,
        "materializable": "A selection never holds what is made elsewhere: leave it out",
        "sources": "It is Dagster's older name: write roots()",
        "upstream_source_assets": "What is made elsewhere is read and not selected: leave it out",
        "required_multi_asset_neighbors": "A block that must be whole is named whole:"
        " AssetSelection.blocks(NAME)",
        "to_serializable_asset_selection": "It is its own text: str(selection)",
    },
    "ExecuteInProcessResult": {
        "dagster_run": "Its id is run_id, whether it succeeded success",
        "job_def": "It is the job, or the assets, that you ran",
        "get_asset_materialization_planned_events": "What was to run is step_states",
        "compute_events_for_handle": "Ask events_for_node(NAME)",
    },
    "Definitions": {
        "executor": "How many steps run at once is said to the launcher: --max-steps",
        "loggers": "Logging is Python's: context.log, logging.getLogger(…)",
        "schedules": _AUTOMATION,
        "sensors": _AUTOMATION,
        "metadata": "Assets have metadata, their definitions have none",
        "resolve_asset_graph": "Ask resolve_all_asset_specs(), or each block's asset_deps;"
        " treadle graph prints it",
        "load_asset_value": "Give them to the client: client.load(KEY, definitions=…); of a run in"
        " process, result.asset_value(KEY)",
        "get_asset_value_loader": "Give them to the client: client.load(KEY, definitions=…)",
    },
}


class SaysWhatIsAbsent:
    """Has its class say what to ask instead of an attribute of Dagster's that it has not."""

    __slots__ = ()

    if not TYPE_CHECKING:
        # Unseen by type checkers, which would take any attribute to be there.
        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(_said(type(self), name), name=name, obj=self)


def _said(kind: type, name: str) -> str:
    known = [each for each in dir(kind) if not each.startswith("_")]
    if name in known:
        return f"{kind.__name__} cannot say its {name} here."
    for base in kind.__mro__:
        what = _INSTEAD.get(base.__name__, {}).get(name)
        if what is not None:
            return f"{kind.__name__} has no {name}. {what}."
    return f"{kind.__name__} has no {name}.{_hint(name, known)}"


def _hint(name: str, known: list[str]) -> str:
    # Python's own questions, and tools', are for private names: nobody reads the answer.
    if name.startswith("_"):
        return ""
    from treadle._errors import did_you_mean  # noqa: PLC0415 -- few ask for what is not there

    return did_you_mean(name, known)
