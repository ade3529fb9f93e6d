"""Treadle: what a user's module imports to define graph-backed assets."""

from __future__ import annotations

import gc as _gc
import sys as _sys
from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

# No garbage is looked for among our modules, which takes a tenth of their import.
_collects = _gc.isenabled()
_gc.disable()
from treadle._dagster_names import not_there as _not_there
from treadle._errors import (
    ArgumentError,
    CompositionError,
    ConflictError,
    DefinitionError,
    DuplicateError,
    InvalidNameError,
    LocationError,
    MissingError,
    TreadleError,
    UnusedError,
)
from treadle._keys import AssetKey
from treadle._later_names import LATER as LATER
from treadle._metadata import MetadataValue
from treadle._nothing import Nothing
from treadle._output import MaterializeResult, Output
from treadle._policies import Limits, RetryPolicy
from treadle._retry_requests import Failure, RetryRequested
from treadle.assets._asset_decorators import asset, multi_asset
from treadle.assets._asset_ins_outs import AssetIn, AssetOut
from treadle.assets._asset_spec import AssetDep, AssetSpec
from treadle.assets._assets import AssetsDefinition
from treadle.assets._graph_asset_decorators import graph_asset, graph_multi_asset
from treadle.graphs._graph import GraphDefinition, graph
from treadle.io._io_manager import InputContext, IOManager, OutputContext
from treadle.locations._cycles import CycleError
from treadle.locations._definitions import Definitions
from treadle.ops._ins_outs import GraphIn, GraphOut, In, Out
from treadle.ops._op import OpDefinition, op
from treadle.ops._resource import Resource, ResourceParam
from treadle.steps._context import AssetExecutionContext, OpExecutionContext, build_op_context
from treadle.steps._context import NotInContextError as NotInContextError
from treadle.steps._context import build_asset_context as build_asset_context
from treadle.steps._context_answers import ContextError as ContextError
from treadle.steps._failures import StepFailedError
from treadle.steps._interrupted import StepInterrupted
from treadle.steps._resources import UnknownResourceError as UnknownResourceError
from treadle_contract.policy import Backoff, Jitter
from treadle_contract.suggestions import nearest as _nearest

if _TYPE_CHECKING:
    from treadle._metadata_kinds import BoolMetadataValue as BoolMetadataValue
    from treadle._metadata_kinds import CodeReferencesMetadataValue as CodeReferencesMetadataValue
    from treadle._metadata_kinds import DagsterAssetMetadataValue as DagsterAssetMetadataValue
    from treadle._metadata_kinds import DagsterJobMetadataValue as DagsterJobMetadataValue
    from treadle._metadata_kinds import DagsterRunMetadataValue as DagsterRunMetadataValue
    from treadle._metadata_kinds import FloatMetadataValue as FloatMetadataValue
    from treadle._metadata_kinds import IntMetadataValue as IntMetadataValue
    from treadle._metadata_kinds import JsonMetadataValue as JsonMetadataValue
    from treadle._metadata_kinds import LocalFileCodeReference as LocalFileCodeReference
    from treadle._metadata_kinds import MarkdownMetadataValue as MarkdownMetadataValue
    from treadle._metadata_kinds import NotebookMetadataValue as NotebookMetadataValue
    from treadle._metadata_kinds import NullMetadataValue as NullMetadataValue
    from treadle._metadata_kinds import PathMetadataValue as PathMetadataValue
    from treadle._metadata_kinds import PythonArtifactMetadataValue as PythonArtifactMetadataValue
    from treadle._metadata_kinds import (
        TableColumnLineageMetadataValue as TableColumnLineageMetadataValue,
    )
    from treadle._metadata_kinds import TableMetadataValue as TableMetadataValue
    from treadle._metadata_kinds import TableSchemaMetadataValue as TableSchemaMetadataValue
    from treadle._metadata_kinds import TextMetadataValue as TextMetadataValue
    from treadle._metadata_kinds import TimestampMetadataValue as TimestampMetadataValue
    from treadle._metadata_kinds import UrlCodeReference as UrlCodeReference
    from treadle._metadata_kinds import UrlMetadataValue as UrlMetadataValue
    from treadle._output import AssetCheckResult as AssetCheckResult
    from treadle._output import ObserveResult as ObserveResult
    from treadle._source import file_relative_path as file_relative_path
    from treadle._table_schema import TableColumn as TableColumn
    from treadle._table_schema import TableColumnConstraints as TableColumnConstraints
    from treadle._table_schema import TableColumnDep as TableColumnDep
    from treadle._table_schema import TableColumnLineage as TableColumnLineage
    from treadle._table_schema import TableConstraints as TableConstraints
    from treadle._table_schema import TableRecord as TableRecord
    from treadle._table_schema import TableSchema as TableSchema
    from treadle._told import AssetMaterialization as AssetMaterialization
    from treadle._told import AssetObservation as AssetObservation
    from treadle._told import DataVersion as DataVersion
    from treadle._told import DataVersionsByPartition as DataVersionsByPartition
    from treadle._told import ExpectationResult as ExpectationResult
    from treadle.assets._changed_blocks import map_asset_specs as map_asset_specs
    from treadle.assets._changed_blocks import with_resources as with_resources
    from treadle.assets._observing import ObservableAssets as ObservableAssets
    from treadle.assets._observing import (
        multi_observable_source_asset as multi_observable_source_asset,
    )
    from treadle.assets._observing import observable_source_asset as observable_source_asset
    from treadle.assets._source_asset import SourceAsset as SourceAsset
    from treadle.checks._check_decorators import AssetChecksDefinition as AssetChecksDefinition
    from treadle.checks._check_decorators import asset_check as asset_check
    from treadle.checks._check_decorators import multi_asset_check as multi_asset_check
    from treadle.checks._check_spec import AssetCheckKey as AssetCheckKey
    from treadle.checks._check_spec import AssetCheckSpec as AssetCheckSpec
    from treadle.config._config import Config as Config
    from treadle.config._config import PermissiveConfig as PermissiveConfig
    from treadle.config._config_files import config_from_files as config_from_files
    from treadle.config._config_files import config_from_pkg_resources as config_from_pkg_resources
    from treadle.config._config_files import config_from_yaml_strings as config_from_yaml_strings
    from treadle.config._config_mapping import ConfigMapping as ConfigMapping
    from treadle.config._config_mapping import config_mapping as config_mapping
    from treadle.config._config_schema import Array as Array
    from treadle.config._config_schema import BoolSource as BoolSource
    from treadle.config._config_schema import Enum as Enum
    from treadle.config._config_schema import EnumValue as EnumValue
    from treadle.config._config_schema import Field as Field
    from treadle.config._config_schema import IntSource as IntSource
    from treadle.config._config_schema import Map as Map
    from treadle.config._config_schema import Noneable as Noneable
    from treadle.config._config_schema import Permissive as Permissive
    from treadle.config._config_schema import Selector as Selector
    from treadle.config._config_schema import Shape as Shape
    from treadle.config._config_schema import StringSource as StringSource
    from treadle.config._configured import configured as configured
    from treadle.config._env_var import EnvVar as EnvVar
    from treadle.config._run_config import RunConfig as RunConfig
    from treadle.graphs._by_hand import DependencyDefinition as DependencyDefinition
    from treadle.graphs._by_hand import InputMapping as InputMapping
    from treadle.graphs._by_hand import MultiDependencyDefinition as MultiDependencyDefinition
    from treadle.graphs._by_hand import NodeInvocation as NodeInvocation
    from treadle.graphs._by_hand import OutputMapping as OutputMapping
    from treadle.hooks._hook import HookDefinition as HookDefinition
    from treadle.hooks._hook import failure_hook as failure_hook
    from treadle.hooks._hook import success_hook as success_hook
    from treadle.hooks._hook_context import HookContext as HookContext
    from treadle.hooks._hook_context import build_hook_context as build_hook_context
    from treadle.io._build_contexts import build_input_context as build_input_context
    from treadle.io._build_contexts import build_output_context as build_output_context
    from treadle.io._io_manager import InputManager as InputManager
    from treadle.locations._executors import ExecutorDefinition as ExecutorDefinition
    from treadle.locations._executors import in_process_executor as in_process_executor
    from treadle.locations._executors import (
        multi_or_in_process_executor as multi_or_in_process_executor,
    )
    from treadle.locations._executors import multiprocess_executor as multiprocess_executor
    from treadle.locations._jobs import define_asset_job as define_asset_job
    from treadle.locations._load_assets import (
        load_asset_checks_from_current_module as load_asset_checks_from_current_module,
    )
    from treadle.locations._load_assets import (
        load_asset_checks_from_modules as load_asset_checks_from_modules,
    )
    from treadle.locations._load_assets import (
        load_asset_checks_from_package_module as load_asset_checks_from_package_module,
    )
    from treadle.locations._load_assets import (
        load_asset_checks_from_package_name as load_asset_checks_from_package_name,
    )
    from treadle.locations._load_assets import (
        load_assets_from_current_module as load_assets_from_current_module,
    )
    from treadle.locations._load_assets import load_assets_from_modules as load_assets_from_modules
    from treadle.locations._load_assets import (
        load_assets_from_package_module as load_assets_from_package_module,
    )
    from treadle.locations._load_assets import (
        load_assets_from_package_name as load_assets_from_package_name,
    )
    from treadle.locations._load_definitions import (
        load_definitions_from_current_module as load_definitions_from_current_module,
    )
    from treadle.locations._load_definitions import (
        load_definitions_from_module as load_definitions_from_module,
    )
    from treadle.locations._load_definitions import (
        load_definitions_from_modules as load_definitions_from_modules,
    )
    from treadle.locations._load_definitions import (
        load_definitions_from_package_module as load_definitions_from_package_module,
    )
    from treadle.locations._load_definitions import (
        load_definitions_from_package_name as load_definitions_from_package_name,
    )
    from treadle.locations._op_jobs import JobDefinition as JobDefinition
    from treadle.locations._op_jobs import job as job
    from treadle.managers._files import FilesystemIOManager as FilesystemIOManager
    from treadle.managers._files import (
        PickledObjectFilesystemIOManager as PickledObjectFilesystemIOManager,
    )
    from treadle.managers._files import custom_path_fs_io_manager as custom_path_fs_io_manager
    from treadle.managers._files import fs_io_manager as fs_io_manager
    from treadle.managers._memory import InMemoryIOManager as InMemoryIOManager
    from treadle.managers._memory import mem_io_manager as mem_io_manager
    from treadle.managers._tables import ArrowIOManager as ArrowIOManager
    from treadle.managers._tables import ParquetIOManager as ParquetIOManager
    from treadle.managers._upath import UPathIOManager as UPathIOManager
    from treadle.ops._builtin_types import Any as Any
    from treadle.ops._builtin_types import Bool as Bool
    from treadle.ops._builtin_types import Dict as Dict
    from treadle.ops._builtin_types import Float as Float
    from treadle.ops._builtin_types import Int as Int
    from treadle.ops._builtin_types import List as List
    from treadle.ops._builtin_types import Optional as Optional
    from treadle.ops._builtin_types import Set as Set
    from treadle.ops._builtin_types import String as String
    from treadle.ops._builtin_types import Tuple as Tuple
    from treadle.ops._fan_out import DynamicOut as DynamicOut
    from treadle.ops._fan_out import DynamicOutput as DynamicOutput
    from treadle.partitions._backfill import BackfillPolicy as BackfillPolicy
    from treadle.partitions._config import PartitionedConfig as PartitionedConfig
    from treadle.partitions._config import daily_partitioned_config as daily_partitioned_config
    from treadle.partitions._config import hourly_partitioned_config as hourly_partitioned_config
    from treadle.partitions._config import monthly_partitioned_config as monthly_partitioned_config
    from treadle.partitions._config import partitioned_config as partitioned_config
    from treadle.partitions._config import static_partitioned_config as static_partitioned_config
    from treadle.partitions._config import weekly_partitioned_config as weekly_partitioned_config
    from treadle.partitions._definition import PartitionsDefinition as PartitionsDefinition
    from treadle.partitions._listed import (
        DynamicPartitionsDefinition as DynamicPartitionsDefinition,
    )
    from treadle.partitions._listed import StaticPartitionsDefinition as StaticPartitionsDefinition
    from treadle.partitions._mappings import AllPartitionMapping as AllPartitionMapping
    from treadle.partitions._mappings import DimensionPartitionMapping as DimensionPartitionMapping
    from treadle.partitions._mappings import IdentityPartitionMapping as IdentityPartitionMapping
    from treadle.partitions._mappings import LastPartitionMapping as LastPartitionMapping
    from treadle.partitions._mappings import MultiPartitionMapping as MultiPartitionMapping
    from treadle.partitions._mappings import (
        MultiToSingleDimensionPartitionMapping as MultiToSingleDimensionPartitionMapping,
    )
    from treadle.partitions._mappings import PartitionMapping as PartitionMapping
    from treadle.partitions._mappings import (
        SpecificPartitionsPartitionMapping as SpecificPartitionsPartitionMapping,
    )
    from treadle.partitions._mappings import StaticPartitionMapping as StaticPartitionMapping
    from treadle.partitions._mappings import (
        TimeWindowPartitionMapping as TimeWindowPartitionMapping,
    )
    from treadle.partitions._multi import MultiPartitionKey as MultiPartitionKey
    from treadle.partitions._multi import MultiPartitionsDefinition as MultiPartitionsDefinition
    from treadle.partitions._subset import PartitionsSubset as PartitionsSubset
    from treadle.partitions._subset import UpstreamPartitionsResult as UpstreamPartitionsResult
    from treadle.partitions._time_windows import (
        DailyPartitionsDefinition as DailyPartitionsDefinition,
    )
    from treadle.partitions._time_windows import (
        HourlyPartitionsDefinition as HourlyPartitionsDefinition,
    )
    from treadle.partitions._time_windows import (
        MonthlyPartitionsDefinition as MonthlyPartitionsDefinition,
    )
    from treadle.partitions._time_windows import PartitionKeyRange as PartitionKeyRange
    from treadle.partitions._time_windows import TimeWindow as TimeWindow
    from treadle.partitions._time_windows import (
        TimeWindowPartitionsDefinition as TimeWindowPartitionsDefinition,
    )
    from treadle.partitions._time_windows import (
        WeeklyPartitionsDefinition as WeeklyPartitionsDefinition,
    )
    from treadle.resources._configurable import ConfigurableIOManager as ConfigurableIOManager
    from treadle.resources._configurable import (
        ConfigurableIOManagerFactory as ConfigurableIOManagerFactory,
    )
    from treadle.resources._configurable import ConfigurableResource as ConfigurableResource
    from treadle.resources._configurable import (
        ConfigurableResourceFactory as ConfigurableResourceFactory,
    )
    from treadle.resources._configurable import ResourceDependency as ResourceDependency
    from treadle.resources._definition import ResourceDefinition as ResourceDefinition
    from treadle.resources._definition import (
        build_init_resource_context as build_init_resource_context,
    )
    from treadle.resources._definition import make_values_resource as make_values_resource
    from treadle.resources._definition import resource as resource
    from treadle.resources._for_tests import build_resources as build_resources
    from treadle.resources._manager_definitions import (
        InputManagerDefinition as InputManagerDefinition,
    )
    from treadle.resources._manager_definitions import IOManagerDefinition as IOManagerDefinition
    from treadle.resources._manager_definitions import input_manager as input_manager
    from treadle.resources._manager_definitions import io_manager as io_manager
    from treadle.resources._openable import InitResourceContext as InitResourceContext
    from treadle.selection._asset_selection import AssetSelection as AssetSelection
    from treadle.steps._context import AssetCheckExecutionContext as AssetCheckExecutionContext
    from treadle.steps._context import build_asset_check_context as build_asset_check_context
    from treadle.steps._step_logger import get_dagster_logger as get_dagster_logger
    from treadle.types._dagster_type import DagsterType as DagsterType
    from treadle.types._dagster_type import PythonObjectDagsterType as PythonObjectDagsterType
    from treadle.types._dagster_type import TypeCheck as TypeCheck
    from treadle.types._dagster_type import TypeCheckContext as TypeCheckContext
    from treadle.types._dagster_type import check_dagster_type as check_dagster_type
    from treadle.types._dagster_type import (
        make_python_type_usable_as_dagster_type as make_python_type_usable_as_dagster_type,
    )
    from treadle.types._dagster_type import usable_as_dagster_type as usable_as_dagster_type
    from treadle.types._loader import DagsterTypeLoader as DagsterTypeLoader
    from treadle.types._loader import dagster_type_loader as dagster_type_loader
    from treadle_contract.value import AssetCheckSeverity as AssetCheckSeverity
    from treadle_inprocess import AssetCheckEvaluation as AssetCheckEvaluation
    from treadle_inprocess import DagsterInstance as DagsterInstance
    from treadle_inprocess import ExecuteInProcessResult as ExecuteInProcessResult
    from treadle_inprocess import NoSuchResultError as NoSuchResultError
    from treadle_inprocess import PlanRefused as PlanRefused
    from treadle_inprocess import instance_for_test as instance_for_test
    from treadle_inprocess import materialize as materialize
    from treadle_inprocess import materialize_to_memory as materialize_to_memory
    from treadle_inprocess import observe as observe
    from treadle_inprocess import validate_run_config as validate_run_config

__all__ = [
    "ArgumentError",
    "AssetDep",
    "AssetExecutionContext",
    "AssetIn",
    "AssetKey",
    "AssetOut",
    "AssetSpec",
    "AssetsDefinition",
    "Backoff",
    "CompositionError",
    "ConflictError",
    "CycleError",
    "DefinitionError",
    "Definitions",
    "DuplicateError",
    "Failure",
    "GraphDefinition",
    "GraphIn",
    "GraphOut",
    "IOManager",
    "In",
    "InputContext",
    "InvalidNameError",
    "Jitter",
    "Limits",
    "LocationError",
    "MaterializeResult",
    "MetadataValue",
    "MissingError",
    "Nothing",
    "OpDefinition",
    "OpExecutionContext",
    "Out",
    "Output",
    "OutputContext",
    "Resource",
    "ResourceParam",
    "RetryPolicy",
    "RetryRequested",
    "StepFailedError",
    "StepInterrupted",
    "TreadleError",
    "UnusedError",
    "asset",
    "build_op_context",
    "define_asset_job",
    "graph",
    "graph_asset",
    "graph_multi_asset",
    "multi_asset",
    "op",
]
OFTEN = tuple(__all__)
# For `from treadle import *`, which imports these, too.
__all__ += [name for name in LATER if name not in OFTEN]

if _collects:
    _gc.enable()

for _public in tuple(globals().values()):
    if isinstance(_public, type) and issubclass(_public, BaseException):
        # As it is imported: so tracebacks and failures name it.
        _public.__module__ = __name__


def __getattr__(name: str) -> object:
    """Import a name that few need, or say of one that is not here which was meant, what is written
    instead, or that it is to come.
    """
    if name in LATER:
        found: object = getattr(_import_module(LATER[name]), name)
        globals()[name] = found
        return found
    said = _not_there(name) or _meant(name)
    if said is not None and _sys._getframe(1).f_code.co_name == "_handle_fromlist":
        # `from treadle import …` asks: it would put its own text in an AttributeError's place.
        raise ImportError(said, name=__name__)
    raise AttributeError(said or f"module {__name__!r} has no attribute {name!r}")


def _meant(name: str) -> str | None:
    """Say which public name looks most like this one, None if none does. Tools ask for private ones."""
    near = () if name.startswith("_") else _nearest(name, OFTEN)
    return f"Treadle has no {name}. Did you mean {near[0]!r}?" if near else None
