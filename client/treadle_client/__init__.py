"""The client of Treadle: connect to a launcher, or start services of one's own, and make assets.

Names are imported when they are first used, so that `treadle --help` need not wait for gRPC.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle_client._client import Client as Client
    from treadle_client._durability import Durability as Durability
    from treadle_client._errors import AccessError as AccessError
    from treadle_client._errors import CodeChangedError as CodeChangedError
    from treadle_client._errors import HomeInUseError as HomeInUseError
    from treadle_client._errors import IdempotencyConflictError as IdempotencyConflictError
    from treadle_client._errors import LoadError as LoadError
    from treadle_client._errors import LocationNotReadyError as LocationNotReadyError
    from treadle_client._errors import NeverMaterializedError as NeverMaterializedError
    from treadle_client._errors import NotFoundError as NotFoundError
    from treadle_client._errors import NothingFailedError as NothingFailedError
    from treadle_client._errors import Refusal as Refusal
    from treadle_client._errors import RequestError as RequestError
    from treadle_client._errors import ResultTimeout as ResultTimeout
    from treadle_client._errors import RunFailed as RunFailed
    from treadle_client._errors import RunFinishedError as RunFinishedError
    from treadle_client._errors import RunNotFinishedError as RunNotFinishedError
    from treadle_client._errors import SelectionError as SelectionError
    from treadle_client._errors import ServerFaultError as ServerFaultError
    from treadle_client._errors import StalePlanError as StalePlanError
    from treadle_client._errors import StartError as StartError
    from treadle_client._errors import TreadleClientError as TreadleClientError
    from treadle_client._errors import UnreachableError as UnreachableError
    from treadle_client._event import AssetMaterialized as AssetMaterialized
    from treadle_client._event import CancelRequested as CancelRequested
    from treadle_client._event import CheckEvaluated as CheckEvaluated
    from treadle_client._event import Event as Event
    from treadle_client._event import EventKind as EventKind
    from treadle_client._event import HostReady as HostReady
    from treadle_client._event import InputLoaded as InputLoaded
    from treadle_client._event import LogRecord as LogRecord
    from treadle_client._event import OutputDiscarded as OutputDiscarded
    from treadle_client._event import OutputStored as OutputStored
    from treadle_client._event import RunDequeued as RunDequeued
    from treadle_client._event import RunFinished as RunFinished
    from treadle_client._event import RunStarted as RunStarted
    from treadle_client._event import RunSubmitted as RunSubmitted
    from treadle_client._event import StartMethod as StartMethod
    from treadle_client._event import StepCancelled as StepCancelled
    from treadle_client._event import StepExpanded as StepExpanded
    from treadle_client._event import StepFailed as StepFailed
    from treadle_client._event import StepNotRun as StepNotRun
    from treadle_client._event import StepRecomputed as StepRecomputed
    from treadle_client._event import StepRetryScheduled as StepRetryScheduled
    from treadle_client._event import StepReused as StepReused
    from treadle_client._event import StepSkipped as StepSkipped
    from treadle_client._event import StepStarted as StepStarted
    from treadle_client._event import StepSucceeded as StepSucceeded
    from treadle_client._failure import Failure as Failure
    from treadle_client._failure import FailureReason as FailureReason
    from treadle_client._failure import FailureWhere as FailureWhere
    from treadle_client._garbage import Collected as Collected
    from treadle_client._garbage import DiskUse as DiskUse
    from treadle_client._garbage import Garbage as Garbage
    from treadle_client._garbage import GarbageReason as GarbageReason
    from treadle_client._graph import Asset as Asset
    from treadle_client._graph import Block as Block
    from treadle_client._graph import Graph as Graph
    from treadle_client._graph import Job as Job
    from treadle_client._graph import Resource as Resource
    from treadle_client._graph import Source as Source
    from treadle_client._graph import Step as Step
    from treadle_client._graph import StepInput as StepInput
    from treadle_client._graph import StepOutput as StepOutput
    from treadle_client._ids import AssetKey as AssetKey
    from treadle_client._ids import RunId as RunId
    from treadle_client._ids import StepKey as StepKey
    from treadle_client._local import local as local
    from treadle_client._location import Launcher as Launcher
    from treadle_client._location import Location as Location
    from treadle_client._location import LocationState as LocationState
    from treadle_client._location import ModuleReport as ModuleReport
    from treadle_client._location import ModuleState as ModuleState
    from treadle_client._location import Reload as Reload
    from treadle_client._log import LogChunk as LogChunk
    from treadle_client._log import LogStream as LogStream
    from treadle_client._materialization import AssetEntry as AssetEntry
    from treadle_client._materialization import Materialization as Materialization
    from treadle_client._metadata import Metadata as Metadata
    from treadle_client._metadata import PlainValue as PlainValue
    from treadle_client._plan import Hazard as Hazard
    from treadle_client._plan import Load as Load
    from treadle_client._plan import LoadState as LoadState
    from treadle_client._plan import Plan as Plan
    from treadle_client._plan import PlannedAsset as PlannedAsset
    from treadle_client._plan import PlannedInput as PlannedInput
    from treadle_client._plan import PlannedInputRef as PlannedInputRef
    from treadle_client._plan import PlannedOutput as PlannedOutput
    from treadle_client._plan import PlannedSource as PlannedSource
    from treadle_client._plan import PlannedStep as PlannedStep
    from treadle_client._plan import PlanOptions as PlanOptions
    from treadle_client._plan import Selection as Selection
    from treadle_client._plan import Siblings as Siblings
    from treadle_client._plan import UnrecordedLoads as UnrecordedLoads
    from treadle_client._plan import UnselectedOutputs as UnselectedOutputs
    from treadle_client._plan import Verdict as Verdict
    from treadle_client._policy import Backoff as Backoff
    from treadle_client._policy import Jitter as Jitter
    from treadle_client._policy import Limits as Limits
    from treadle_client._policy import RetryCause as RetryCause
    from treadle_client._policy import RetryGround as RetryGround
    from treadle_client._policy import RetryPolicy as RetryPolicy
    from treadle_client._reexecution import Reexecution as Reexecution
    from treadle_client._reexecution import ReexecutionKind as ReexecutionKind
    from treadle_client._reexecution import Reuse as Reuse
    from treadle_client._reexecution import ReusedOutput as ReusedOutput
    from treadle_client._result import RunResult as RunResult
    from treadle_client._run import Run as Run
    from treadle_client._run import RunState as RunState
    from treadle_client._run_handle import RunHandle as RunHandle
    from treadle_client._start_choices import ImportScope as ImportScope
    from treadle_client._start_choices import StartWith as StartWith
    from treadle_client._step_result import StepResult as StepResult
    from treadle_client._step_result import StepState as StepState
    from treadle_client._text import Text as Text
    from treadle_client._usage import AttemptUsage as AttemptUsage
    from treadle_client._usage import MemoryScope as MemoryScope
    from treadle_client._value_ref import SourceLocation as SourceLocation
    from treadle_client._value_ref import ValueRef as ValueRef

#: The private module that each public name lives in.
_HOMES = {
    "Client": "_client",
    "Durability": "_durability",
    "ImportScope": "_start_choices",
    "StartWith": "_start_choices",
    "AccessError": "_errors",
    "CodeChangedError": "_errors",
    "HomeInUseError": "_errors",
    "IdempotencyConflictError": "_errors",
    "LoadError": "_errors",
    "LocationNotReadyError": "_errors",
    "NeverMaterializedError": "_errors",
    "NotFoundError": "_errors",
    "NothingFailedError": "_errors",
    "Refusal": "_errors",
    "RequestError": "_errors",
    "ResultTimeout": "_errors",
    "RunFailed": "_errors",
    "RunFinishedError": "_errors",
    "RunNotFinishedError": "_errors",
    "SelectionError": "_errors",
    "ServerFaultError": "_errors",
    "StalePlanError": "_errors",
    "StartError": "_errors",
    "TreadleClientError": "_errors",
    "UnreachableError": "_errors",
    "AssetMaterialized": "_event",
    "CancelRequested": "_event",
    "CheckEvaluated": "_event",
    "Event": "_event",
    "EventKind": "_event",
    "HostReady": "_event",
    "InputLoaded": "_event",
    "LogRecord": "_event",
    "OutputDiscarded": "_event",
    "OutputStored": "_event",
    "RunDequeued": "_event",
    "RunFinished": "_event",
    "RunStarted": "_event",
    "RunSubmitted": "_event",
    "StartMethod": "_event",
    "StepCancelled": "_event",
    "StepExpanded": "_event",
    "StepFailed": "_event",
    "StepNotRun": "_event",
    "StepRecomputed": "_event",
    "StepRetryScheduled": "_event",
    "StepReused": "_event",
    "StepSkipped": "_event",
    "StepStarted": "_event",
    "StepSucceeded": "_event",
    "Failure": "_failure",
    "FailureReason": "_failure",
    "FailureWhere": "_failure",
    "Collected": "_garbage",
    "DiskUse": "_garbage",
    "Garbage": "_garbage",
    "GarbageReason": "_garbage",
    "Asset": "_graph",
    "Block": "_graph",
    "Graph": "_graph",
    "Job": "_graph",
    "Resource": "_graph",
    "Source": "_graph",
    "Step": "_graph",
    "StepInput": "_graph",
    "StepOutput": "_graph",
    "AssetKey": "_ids",
    "RunId": "_ids",
    "StepKey": "_ids",
    "local": "_local",
    "Launcher": "_location",
    "Location": "_location",
    "LocationState": "_location",
    "ModuleReport": "_location",
    "ModuleState": "_location",
    "Reload": "_location",
    "LogChunk": "_log",
    "LogStream": "_log",
    "AssetEntry": "_materialization",
    "Materialization": "_materialization",
    "Metadata": "_metadata",
    "PlainValue": "_metadata",
    "Hazard": "_plan",
    "Load": "_plan",
    "LoadState": "_plan",
    "Plan": "_plan",
    "PlanOptions": "_plan",
    "PlannedAsset": "_plan",
    "PlannedInput": "_plan",
    "PlannedInputRef": "_plan",
    "PlannedOutput": "_plan",
    "PlannedSource": "_plan",
    "PlannedStep": "_plan",
    "Selection": "_plan",
    "Siblings": "_plan",
    "UnrecordedLoads": "_plan",
    "UnselectedOutputs": "_plan",
    "Verdict": "_plan",
    "Backoff": "_policy",
    "Jitter": "_policy",
    "Limits": "_policy",
    "RetryCause": "_policy",
    "RetryGround": "_policy",
    "RetryPolicy": "_policy",
    "Reexecution": "_reexecution",
    "ReexecutionKind": "_reexecution",
    "Reuse": "_reexecution",
    "ReusedOutput": "_reexecution",
    "RunResult": "_result",
    "Run": "_run",
    "RunState": "_run",
    "RunHandle": "_run_handle",
    "StepResult": "_step_result",
    "StepState": "_step_result",
    "Text": "_text",
    "AttemptUsage": "_usage",
    "MemoryScope": "_usage",
    "SourceLocation": "_value_ref",
    "ValueRef": "_value_ref",
}

__all__ = [
    "AccessError",
    "Asset",
    "AssetEntry",
    "AssetKey",
    "AssetMaterialized",
    "AttemptUsage",
    "Backoff",
    "Block",
    "CancelRequested",
    "CheckEvaluated",
    "Client",
    "CodeChangedError",
    "Collected",
    "DiskUse",
    "Durability",
    "Event",
    "EventKind",
    "Failure",
    "FailureReason",
    "FailureWhere",
    "Garbage",
    "GarbageReason",
    "Graph",
    "Hazard",
    "HomeInUseError",
    "HostReady",
    "IdempotencyConflictError",
    "ImportScope",
    "InputLoaded",
    "Jitter",
    "Job",
    "Launcher",
    "Limits",
    "Load",
    "LoadError",
    "LoadState",
    "Location",
    "LocationNotReadyError",
    "LocationState",
    "LogChunk",
    "LogRecord",
    "LogStream",
    "Materialization",
    "MemoryScope",
    "Metadata",
    "ModuleReport",
    "ModuleState",
    "NeverMaterializedError",
    "NotFoundError",
    "NothingFailedError",
    "OutputDiscarded",
    "OutputStored",
    "PlainValue",
    "Plan",
    "PlanOptions",
    "PlannedAsset",
    "PlannedInput",
    "PlannedInputRef",
    "PlannedOutput",
    "PlannedSource",
    "PlannedStep",
    "Reexecution",
    "ReexecutionKind",
    "Refusal",
    "Reload",
    "RequestError",
    "Resource",
    "ResultTimeout",
    "RetryCause",
    "RetryGround",
    "RetryPolicy",
    "Reuse",
    "ReusedOutput",
    "Run",
    "RunDequeued",
    "RunFailed",
    "RunFinished",
    "RunFinishedError",
    "RunHandle",
    "RunId",
    "RunNotFinishedError",
    "RunResult",
    "RunStarted",
    "RunState",
    "RunSubmitted",
    "Selection",
    "SelectionError",
    "ServerFaultError",
    "Siblings",
    "Source",
    "SourceLocation",
    "StalePlanError",
    "StartError",
    "StartMethod",
    "StartWith",
    "Step",
    "StepCancelled",
    "StepExpanded",
    "StepFailed",
    "StepInput",
    "StepKey",
    "StepNotRun",
    "StepOutput",
    "StepRecomputed",
    "StepResult",
    "StepRetryScheduled",
    "StepReused",
    "StepSkipped",
    "StepStarted",
    "StepState",
    "StepSucceeded",
    "Text",
    "TreadleClientError",
    "UnreachableError",
    "UnrecordedLoads",
    "UnselectedOutputs",
    "ValueRef",
    "Verdict",
    "local",
]


def __getattr__(name: str) -> object:
    """Import a public name from its private module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, those not imported yet included."""
    return sorted({*globals(), *__all__})
