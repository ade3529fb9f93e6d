"""The client of Treadle: connect to a launcher, or start services of one's own, and make assets.

Names are imported when they are first used, so that `treadle --help` need not wait for gRPC.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle_client._arguments import WrongArgument as WrongArgument
    from treadle_client._backfill import BackfillHandle as BackfillHandle
    from treadle_client._backfill import BackfillResult as BackfillResult
    from treadle_client._client import Client as Client
    from treadle_client._errors import AccessError as AccessError
    from treadle_client._errors import BackfillFailed as BackfillFailed
    from treadle_client._errors import BackfillTimeout as BackfillTimeout
    from treadle_client._errors import CodeChangedError as CodeChangedError
    from treadle_client._errors import ConfigError as ConfigError
    from treadle_client._errors import HomeInUseError as HomeInUseError
    from treadle_client._errors import IdempotencyConflictError as IdempotencyConflictError
    from treadle_client._errors import LoadError as LoadError
    from treadle_client._errors import LocationNotReadyError as LocationNotReadyError
    from treadle_client._errors import NeverMaterializedError as NeverMaterializedError
    from treadle_client._errors import NotFoundError as NotFoundError
    from treadle_client._errors import NothingFailedError as NothingFailedError
    from treadle_client._errors import NothingToBackfillError as NothingToBackfillError
    from treadle_client._errors import NotMadeError as NotMadeError
    from treadle_client._errors import PartitionError as PartitionError
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
    from treadle_client._errors import ValueUnreadableError as ValueUnreadableError
    from treadle_client._ids import AssetKey as AssetKey
    from treadle_client._ids import RunId as RunId
    from treadle_client._ids import StepKey as StepKey
    from treadle_client._messages import *
    from treadle_client._messages import LoadedPartition as LoadedPartition
    from treadle_client._messages import PartitionKeyRange as PartitionKeyRange
    from treadle_client._messages import PlannedPartitions as PlannedPartitions
    from treadle_client._result import RunResult as RunResult
    from treadle_client._run_handle import RunHandle as RunHandle
    from treadle_client.services._durability import Durability as Durability
    from treadle_client.services._local import local as local
    from treadle_client.services._start_choices import ImportScope as ImportScope
    from treadle_client.services._start_choices import StartWith as StartWith
    from treadle_client.text._metadata import Metadata as Metadata
    from treadle_client.text._metadata import PlainValue as PlainValue
    from treadle_client.text._text import Text as Text

#: The private module that each public name lives in, if it is another than `_messages`.
_HOMES = {
    "NothingToBackfillError": "_errors",
    "BackfillTimeout": "_errors",
    "BackfillResult": "_backfill",
    "BackfillHandle": "_backfill",
    "BackfillFailed": "_errors",
    "Client": "_client",
    "Durability": "services._durability",
    "ImportScope": "services._start_choices",
    "LoadedPartition": "_messages",
    "PartitionError": "_errors",
    "PartitionKeyRange": "_messages",
    "PlannedPartitions": "_messages",
    "StartWith": "services._start_choices",
    "AccessError": "_errors",
    "CodeChangedError": "_errors",
    "HomeInUseError": "_errors",
    "IdempotencyConflictError": "_errors",
    "LoadError": "_errors",
    "LocationNotReadyError": "_errors",
    "NeverMaterializedError": "_errors",
    "NotFoundError": "_errors",
    "NothingFailedError": "_errors",
    "NotMadeError": "_errors",
    "Refusal": "_errors",
    "RequestError": "_errors",
    "ResultTimeout": "_errors",
    "RunFailed": "_errors",
    "RunFinishedError": "_errors",
    "RunNotFinishedError": "_errors",
    "ConfigError": "_errors",
    "SelectionError": "_errors",
    "ServerFaultError": "_errors",
    "StalePlanError": "_errors",
    "StartError": "_errors",
    "TreadleClientError": "_errors",
    "UnreachableError": "_errors",
    "ValueUnreadableError": "_errors",
    "AssetKey": "_ids",
    "RunId": "_ids",
    "StepKey": "_ids",
    "local": "services._local",
    "Metadata": "text._metadata",
    "PlainValue": "text._metadata",
    "RunResult": "_result",
    "RunHandle": "_run_handle",
    "Text": "text._text",
    "WrongArgument": "_arguments",
}

__all__ = [
    "AccessError",
    "Asset",
    "AssetCheck",
    "AssetCheckSeverity",
    "AssetEntry",
    "AssetExplanation",
    "AssetKey",
    "AssetMaterialized",
    "AssetObserved",
    "AssetPartitions",
    "AttemptUsage",
    "Backfill",
    "BackfillFailed",
    "BackfillHandle",
    "BackfillPartition",
    "BackfillPartitionState",
    "BackfillPlan",
    "BackfillResult",
    "BackfillRun",
    "BackfillState",
    "BackfillTimeout",
    "Backoff",
    "Block",
    "CancelRequested",
    "ChangeKind",
    "CheckEvaluated",
    "CheckExplanation",
    "Client",
    "CodeChangedError",
    "Collected",
    "ConfigError",
    "ConfigPlace",
    "DiskUse",
    "Durability",
    "Event",
    "EventKind",
    "ExpectationEvaluated",
    "Explanation",
    "Failure",
    "FailureReason",
    "FailureWhere",
    "Garbage",
    "GarbageReason",
    "Graph",
    "Hazard",
    "HomeInUseError",
    "HookCompleted",
    "HookErrored",
    "HostReady",
    "IdempotencyConflictError",
    "ImportScope",
    "InputLoaded",
    "Isolation",
    "Jitter",
    "Job",
    "Launcher",
    "Limits",
    "Load",
    "LoadError",
    "LoadState",
    "LoadedPartition",
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
    "NotFollowed",
    "NotFoundError",
    "NotMadeError",
    "NothingFailedError",
    "NothingToBackfillError",
    "OpExplanation",
    "OpNeed",
    "OutputDiscarded",
    "OutputStored",
    "PartitionError",
    "PartitionKeyRange",
    "PartitionState",
    "PartitionStretch",
    "PlainValue",
    "Plan",
    "PlanOptions",
    "PlannedAsset",
    "PlannedCheck",
    "PlannedInput",
    "PlannedInputRef",
    "PlannedOutput",
    "PlannedPartitions",
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
    "ReuseMode",
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
    "StepChange",
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
    "ValueUnreadableError",
    "Verdict",
    "WrongArgument",
    "local",
]


def __getattr__(name: str) -> object:
    """Import a public name from its private module."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{_meant(name)}")
    home = _HOMES.get(name, "_messages")
    value: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def _meant(name: str) -> str:
    """Return which name may have been meant. Tools ask for private ones, which are not looked at."""
    if name.startswith("_"):
        return ""
    client = importlib.import_module(f"{__name__}._client").Client
    if isinstance(vars(client).get(name), classmethod):
        return f". Write {__name__}.Client.{name}(…)."
    if hasattr(client, name):
        return f". It is of a client: `with {__name__}.local(…) as client: client.{name}(…)`"
    from difflib import get_close_matches  # noqa: PLC0415 -- not what a start waits for

    near = get_close_matches(name, __all__, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""


def __dir__() -> list[str]:
    """List the public names, those not imported yet included."""
    return sorted({*globals(), *__all__})
