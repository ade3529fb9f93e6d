"""The rest of Dagster's public names that are not here: not yet, or never, and what takes their place.

Read when one of them is asked for. With `_dagster_names` and what is here, every name that
`from dagster import …` gives is known.
"""

from __future__ import annotations

from typing import Final

#: Names, by what is said of them: a sentence without its stop.
_ABSENT: Final = {
    "Write @partitioned_config(DynamicPartitionsDefinition(name=…))": "dynamic_partitioned_config",
    "Give the keys to the client: client.add_partitions(NAME, [key, …])": """
        AddDynamicPartitionsRequest DeleteDynamicPartitionsRequest
    """,
    "Never, because a key that is not there is a LookupError": "DagsterUnknownPartitionError",
    "Ask the client which partitions are made": "AssetPartitionStatus",
    "A partition is its key, a text": "Partition",
    "Give current_time and dynamic_partitions_store to get_partition_keys(…)": """
        partition_loading_context
    """,
    "Automation is not there yet": """
        AutoMaterializeAssetPartitionsFilter AutoMaterializeRule AutomationContext
        AutomationResult EvaluateAutomationConditionsResult LegacyFreshnessPolicy
        apply_freshness_policy evaluate_automation_conditions
    """,
    "There are no schedules and sensors yet: have a scheduler call the client or the command": """
        AssetSensorDefinition DefaultScheduleStatus DefaultSensorStatus
        MultiAssetSensorDefinition MultiAssetSensorEvaluationContext RunFailureSensorContext
        RunStatusSensorContext RunStatusSensorDefinition ScheduleEvaluationContext
        SensorEvaluationContext SensorResult SensorReturnTypesUnion SkipReason SubmitRunContext
        build_multi_asset_sensor_context build_run_status_sensor_context build_schedule_context
        build_sensor_context make_email_on_run_failure_sensor multi_asset_sensor
        run_failure_sensor run_status_sensor
    """,
    "Not yet. What a step read is told by its events": "DataProvenance",
    "Not yet. Store files with an IO manager, or give their paths": """
        FileHandle LocalFileHandle local_file_manager
    """,
    "Not yet. Wire ops in the body of a @graph": """
        PendingNodeInvocation
    """,
    "Not yet. Start the process with subprocess; what it prints is in the step's log": """
        PipesBlobStoreMessageReader PipesClient PipesClientCompletedInvocation
        PipesCompositeMessageReader PipesContextInjector PipesEnvContextInjector
        PipesExecutionResult PipesFileContextInjector PipesFileMessageReader PipesLaunchedData
        PipesLogReader PipesMessageHandler PipesMessageReader PipesSession PipesSubprocessClient
        PipesTempFileContextInjector PipesTempFileMessageReader open_pipes_session
    """,
    "Never, because Treadle has its own: catch DefinitionError, or its parent TreadleError": """
        DagsterInvalidDefinitionError DagsterInvalidConfigDefinitionError
    """,
    "Never, because Treadle has its own: catch PlanRefused": """
        DagsterInvalidConfigError DagsterInvalidSubsetError
        DagsterExecutionStepNotFoundError DagsterConfigMappingFunctionError
    """,
    "Never, because Treadle has its own: catch StepFailedError, or what the op raised": """
        DagsterExecutionStepExecutionError DagsterResourceFunctionError
        DagsterStepOutputNotFoundError DagsterSubprocessError DagsterTypeCheckDidNotPass
        DagsterTypeCheckError DagsterUserCodeExecutionError
    """,
    "Never, because Treadle has its own: catch UnknownResourceError": "DagsterUnknownResourceError",
    "Never, because Treadle has its own: catch StepInterrupted": """
        DagsterExecutionInterruptedError raise_execution_interrupts
    """,
    "Never, because Treadle has its own: catch TreadleError": """
        DagsterError DagsterInvalidInvocationError DagsterInvariantViolationError
        DagsterEventLogInvalidForRun DagsterRunNotFoundError DagsterUnmetExecutorRequirementsError
    """,
    "Never, because events are the client's: run.events(), result.all_events": """
        DagsterEvent DagsterEventType EventLogEntry EventLogRecord EventRecordsFilter
        EventRecordsResult RunShardedEventsCursor RunStatusChangeRecordsFilter
        AssetRecordsFilter PaginatedResults
    """,
    "Never, because runs are the client's: client.run(run_id), client.runs()": """
        DagsterRun DagsterRunStatus RunRecord RunsFilter JobExecutionResult
    """,
    "Never, because a run goes on from another through the services: client.rerun(run)": """
        ReexecutionOptions
    """,
    "Never, because every run of the services has its own processes: client.materialize(…), or"
    " materialize(…) in a test": """
        execute_job reconstructable build_reconstructable_job
    """,
    "Never, because how steps are run is the launcher's: --max-steps, isolation=": """
        DefaultRunLauncher Executor ExecutorRequirement InitExecutorContext
        QueuedRunCoordinator StepExecutionContext StepLauncher StepRunRef executor
        external_instance_from_step_run_ref
        multiple_process_executor_requirements run_step_from_ref step_context_to_step_run_ref
        step_run_ref_to_step_context
    """,
    "Never, because pools are the launcher's to bound: --max-steps": "PoolMetadataValue",
    "Never, because a run has timeouts of its own: client.materialize(timeout=…)": """
        MAX_RUNTIME_SECONDS_TAG
    """,
    "Never, because a target has one Definitions: write Definitions(…)": """
        AssetJobKey BindResourcesToJobs CodeLocationSelector JobSelector RepositoryData
        RepositoryDefinition RepositorySelector create_repository_using_definitions_args
        definitions repository resources
    """,
    "Never, because logging is Python's: context.log, logging.getLogger(…)": """
        DagsterLogManager InitLoggerContext JsonLogFormatter LoggerDefinition
        build_init_logger_context colored_console_logger default_loggers default_system_loggers
        json_console_logger logger
    """,
    "Never, because each event is recorded where it is made": "MetadataEntry",
    "Never, because Dagster has it for its own libraries": """
        BetaWarning ConfigArgumentWarning DagsterLibraryRegistry
        IAttachDifferentObjectToOpContext PreviewWarning SupersessionWarning
        deprecation_warning deserialize_value serialize_value
        ConfigurableLegacyIOManagerAdapter MigrateIOStorageResult migrate_io_storage
        AssetOrCheckKey ConfigSchema DagsterTypeLoaderContext
    """,
    "Never, because plans say which values are read: context.selected_asset_keys, client.load": """
        AssetValueLoader
    """,
    "Never, because a definition knows its file and line by itself": """
        AnchorBasedFilePathMapping FilePathMapping link_code_references_to_git
        with_source_code_references
    """,
    "Never, because it is Python's own: import it from typing or collections.abc": """
        Callable Final Mapping ScalarUnion Sequence TYPE_CHECKING TypingAny TypingTuple
    """,
    "Never, because definitions are Python here, without components: write Definitions(…)": """
        AssetAttributesModel Component ComponentFormConfig ComponentLoadContext ComponentTree
        ComponentTypeSpec DefinitionsComponent DefsFolderComponent FunctionComponent Injected
        Model PythonScriptComponent ResolutionContext Resolvable ResolvedAssetCheckSpec
        ResolvedAssetKey ResolvedAssetSpec Resolver ScaffoldRequest Scaffolder SqlComponent
        StateBackedComponent TemplatedSqlComponent UPathDefsStateStorage UvRunComponent
        build_component_defs build_defs_for_component component_defs component_instance
        get_all_components_defs_within_project get_component_defs_within_project load_defs
        load_from_defs_folder scaffold_component scaffold_with template_var
    """,
}


def said_of(name: str) -> str | None:
    """Return what is said of a name, None if Dagster has none of it, or it is known elsewhere."""
    return next((said for said, names in _ABSENT.items() if name in names.split()), None)


def known() -> frozenset[str]:
    """Return all names."""
    return frozenset(name for names in _ABSENT.values() for name in names.split())
