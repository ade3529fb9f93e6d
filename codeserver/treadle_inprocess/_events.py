"""Facts of a run as a test asks them: with the words that Dagster has for events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from treadle._keys import AssetKey
from treadle._metadata_kinds import values_of
from treadle._told import AssetMaterialization, AssetObservation, ExpectationResult
from treadle.steps._about_run import NodeHandle
from treadle_contract import event as facts
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import Failure, RunState
from treadle_inprocess._checked import AssetCheckEvaluation, evaluation
from treadle_launcher.runs.events import Event

#: What Dagster calls a fact. Of those that are not here it has none, or several.
_WORDS: Final[Mapping[type, str]] = {
    facts.RunDequeued: "RUN_DEQUEUED",
    facts.RunSubmitted: "RUN_ENQUEUED",
    facts.RunStarted: "RUN_START",
    facts.CancelRequested: "RUN_CANCELING",
    facts.StepStarted: "STEP_START",
    facts.InputLoaded: "LOADED_INPUT",
    facts.OutputStored: "STEP_OUTPUT",
    facts.AssetMaterialized: "ASSET_MATERIALIZATION",
    facts.CheckEvaluated: "ASSET_CHECK_EVALUATION",
    facts.ExpectationEvaluated: "STEP_EXPECTATION_RESULT",
    facts.HookCompleted: "HOOK_COMPLETED",
    facts.HookErrored: "HOOK_ERRORED",
    facts.StepSucceeded: "STEP_SUCCESS",
    facts.StepFailed: "STEP_FAILURE",
    facts.StepRetryScheduled: "STEP_UP_FOR_RETRY",
    facts.StepSkipped: "STEP_SKIPPED",
}
_ENDS: Final = {
    RunState.SUCCEEDED: "RUN_SUCCESS",
    RunState.FAILED: "RUN_FAILURE",
    RunState.CANCELLED: "RUN_CANCELED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventData:
    """What one fact holds, by the names that fit its kind; what does not fit is None."""

    materialization: AssetMaterialization | None = None
    asset_observation: AssetObservation | None = None
    expectation_result: ExpectationResult | None = None
    output_name: str | None = None
    input_name: str | None = None
    hook_name: str | None = None
    error: Failure | None = None


class RunEvent(Event):
    """A fact of a run; `payload` holds all of it."""

    __slots__ = ()

    @staticmethod
    def of(event: Event) -> RunEvent:
        """Return a fact of the store's with these words."""
        return RunEvent(
            store_sequence=event.store_sequence,
            run_id=event.run_id,
            sequence=event.sequence,
            time=event.time,
            payload=event.payload,
            step_key=event.step_key,
            attempt=event.attempt,
            schema_version=event.schema_version,
        )

    @property
    def event_type_value(self) -> str:
        """What Dagster calls it; "ENGINE_EVENT" where it has no word of its own."""
        payload = self.payload
        if isinstance(payload, facts.RunFinished):
            return _ENDS[payload.state]
        if isinstance(payload, facts.AssetObserved):
            return "ASSET_MATERIALIZATION" if payload.materialized else "ASSET_OBSERVATION"
        if isinstance(payload, facts.StepStarted) and self.attempt > 1:
            return "STEP_RESTARTED"
        return _WORDS.get(type(payload), "ENGINE_EVENT")

    @property
    def is_step_event(self) -> bool:
        """Whether it is about a step."""
        return bool(self.step_key)

    @property
    def is_step_start(self) -> bool:
        """Whether the first attempt of a step began."""
        return self.event_type_value == "STEP_START"

    @property
    def is_step_restarted(self) -> bool:
        """Whether a further attempt of a step began."""
        return self.event_type_value == "STEP_RESTARTED"

    @property
    def is_step_success(self) -> bool:
        """Whether a step succeeded."""
        return isinstance(self.payload, facts.StepSucceeded)

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed for good."""
        return isinstance(self.payload, facts.StepFailed)

    @property
    def is_step_up_for_retry(self) -> bool:
        """Whether an attempt failed, and a further one follows."""
        return isinstance(self.payload, facts.StepRetryScheduled)

    @property
    def is_step_skipped(self) -> bool:
        """Whether a step was skipped."""
        return isinstance(self.payload, facts.StepSkipped)

    @property
    def is_successful_output(self) -> bool:
        """Whether an output was stored, or passed on in memory."""
        return isinstance(self.payload, facts.OutputStored)

    @property
    def is_loaded_input(self) -> bool:
        """Whether an input was loaded."""
        return isinstance(self.payload, facts.InputLoaded)

    @property
    def is_step_materialization(self) -> bool:
        """Whether an asset was made, or an op said so of one."""
        return self.event_type_value == "ASSET_MATERIALIZATION"

    @property
    def is_asset_observation(self) -> bool:
        """Whether an op observed an asset."""
        return self.event_type_value == "ASSET_OBSERVATION"

    @property
    def is_expectation_result(self) -> bool:
        """Whether an op said if what it expected holds."""
        return isinstance(self.payload, facts.ExpectationEvaluated)

    @property
    def is_hook_event(self) -> bool:
        """Whether a hook ran."""
        return isinstance(self.payload, facts.HookCompleted | facts.HookErrored)

    @property
    def is_run_success(self) -> bool:
        """Whether the run succeeded."""
        return self.event_type_value == "RUN_SUCCESS"

    @property
    def is_run_failure(self) -> bool:
        """Whether the run failed."""
        return self.event_type_value == "RUN_FAILURE"

    @property
    def is_failure(self) -> bool:
        """Whether a step or the run failed."""
        return self.is_step_failure or self.is_run_failure

    @property
    def node_handle(self) -> NodeHandle | None:
        """Where the op of the step stands; None: it is about the run."""
        return NodeHandle.from_string(self.step_key) if self.step_key else None

    @property
    def node_name(self) -> str | None:
        """The name of the op in its graph; None: it is about the run."""
        return None if self.node_handle is None else self.node_handle.name

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about; None: it is about none."""
        key = getattr(self.payload, "asset_key", "")
        return AssetKey.from_user_string(key) if key else None

    @property
    def partition(self) -> str | None:
        """The partition that it is about; None: it is about none."""
        return getattr(self.payload, "partition_key", "") or None

    @property
    def event_specific_data(self) -> EventData:
        """What it holds, by the names that fit its kind. Metadata are MetadataValues."""
        match self.payload:
            case facts.OutputStored(output=name):
                return EventData(output_name=name)
            case facts.InputLoaded(input=name):
                return EventData(input_name=name)
            case facts.HookCompleted(hook=name):
                return EventData(hook_name=name)
            case facts.HookErrored(hook=name, failure=failure):
                return EventData(hook_name=name, error=failure)
            case facts.StepFailed(failure=failure) | facts.StepRetryScheduled(failure=failure):
                return EventData(error=failure)
            case payload:
                return _told(payload)

    #: The same, by the names that Dagster has for each kind.
    step_materialization_data = event_specific_data
    asset_observation_data = event_specific_data
    step_expectation_result_data = event_specific_data
    step_output_data = event_specific_data
    step_failure_data = event_specific_data

    @property
    def materialization(self) -> AssetMaterialization | None:
        """That an asset was made; None: it says nothing of the kind."""
        return self.event_specific_data.materialization

    asset_materialization = materialization

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What an op said of an asset; None: it says nothing of the kind."""
        return self.event_specific_data.asset_observation

    @property
    def asset_check_evaluation_data(self) -> AssetCheckEvaluation | None:
        """What a check said; None: it is about none."""
        told = self.payload
        return evaluation(self, told) if isinstance(told, facts.CheckEvaluated) else None


def _told(payload: object) -> EventData:
    match payload:
        case facts.AssetMaterialized() as made:
            told = AssetMaterialization(
                AssetKey.from_user_string(made.asset_key),
                metadata=values_of(made.metadata),
                partition=made.partition_key or None,
            )
            return EventData(materialization=told, output_name=made.output)
        case facts.AssetObserved() as seen:
            key, said = AssetKey.from_user_string(seen.asset_key), seen.description or None
            values, partition = values_of(seen.metadata), seen.partition_key or None
            if seen.materialized:
                told = AssetMaterialization(key, said, values, partition)
                return EventData(materialization=told)
            return EventData(asset_observation=AssetObservation(key, said, values, partition))
        case facts.ExpectationEvaluated() as expected:
            result = ExpectationResult(
                expected.success,
                expected.label or None,
                expected.description or None,
                values_of(expected.metadata),
            )
            return EventData(expectation_result=result)
        case _:
            return EventData()
