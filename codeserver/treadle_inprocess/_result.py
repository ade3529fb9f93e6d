"""What became of a run in this process, for a test to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from treadle import StepFailedError
from treadle._absent_attributes import SaysWhatIsAbsent
from treadle._errors import TreadleError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata_kinds import values_of
from treadle.graphs._graph import GraphDefinition
from treadle.graphs._node import Node
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle_contract.event import (
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    ExpectationEvaluated,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.fan_outs import mapping_path, node_names
from treadle_contract.ids import RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.run import Failure, RunState, StepState
from treadle_inprocess._checked import AssetCheckEvaluation, evaluation
from treadle_inprocess._events import EventData, RunEvent
from treadle_inprocess._run import Run
from treadle_inprocess._told import Expectation, Observation, expectation, observation
from treadle_launcher.runs.events import Event


class NoSuchResultError(TreadleError):
    """A result was asked for what the run did not make, or does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materialization:
    """One asset that was made. `unexpected`: it was not selected; the op yielded it all the same.

    `output_name` is "" where the op said that it made the asset, in its own way. `partition` is None of
    an asset without any.
    """

    asset_key: AssetKey
    step_key: str
    output_name: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    unexpected: bool = False
    partition: str | None = None


class ExecuteInProcessResult(SaysWhatIsAbsent):
    """A run that is over. A node is named as its step is: "graph.op", or "graph" for all of them."""

    def __init__(self, run: Run, nodes: Mapping[str, Node], root: str = "") -> None:
        """Tell of a run of blocks, whose nodes are given by name.

        `root` is the node that the names of all others are below.
        """
        self._run = run
        self._nodes = nodes
        self._root = f"{root}." if root else ""
        self._events: Sequence[RunEvent] = ()

    @property
    def run_id(self) -> RunId:
        """The id of the run, as ops saw it."""
        return self._run.run_id

    @property
    def success(self) -> bool:
        """Whether every step succeeded or was skipped."""
        return self._run.view.state is RunState.SUCCEEDED

    @property
    def all_events(self) -> Sequence[RunEvent]:
        """Every fact of the run, in order; `kind` names it, `payload` holds it."""
        if len(self._events) < len(self._run.events):
            self._events = tuple(map(RunEvent.of, self._run.events))
        return self._events

    @property
    def all_node_events(self) -> Sequence[RunEvent]:
        """Every fact about a step, in order."""
        return self.filter_events(lambda event: event.is_step_event)

    @property
    def step_states(self) -> Mapping[str, StepState]:
        """What became of each step that was planned to run, in plan order."""
        return {key: step.state for key, step in self._run.view.in_order().items()}

    @property
    def failures(self) -> Mapping[str, Failure]:
        """Why each step failed that failed for good, as the services say it."""
        return {
            event.step_key: event.payload.failure
            for event in self._run.events
            if isinstance(event.payload, StepFailed) and event.step_key
        }

    @property
    def raised(self) -> Mapping[str, BaseException]:
        """What the user's code raised in each step that failed; else why Treadle failed it."""
        return {key: _raised(error) for key, error in self._run.raised.items()}

    def raise_for_failure(self) -> None:
        """Do nothing if the run succeeded.

        Raises:
            BaseException: what the first step that failed raised, with its traceback.
        """
        if not self._run.view.failed:
            return
        key = self._run.view.failed[0]
        error = _raised(self._run.raised[key])
        note = f"Step {key!r} raised it, in a run in this process."
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
        raise error

    def asset_value(self, asset_key: KeyLike) -> Any:
        """Return the value that the run made of an asset, or reused.

        Raises:
            NoSuchResultError: there is none.
        """
        wanted = as_key(asset_key)
        for reuse in self._run.view.plan.reuses:
            for output in reuse.outputs:
                if output.asset_key == wanted.text:
                    return self._run.reused(reuse.step_key)[output.output]
        for made in reversed(self.asset_materializations):
            if made.asset_key == wanted:
                return self._run.values[StepKey(made.step_key)][made.output_name]
        keys = [made.asset_key.text for made in self.asset_materializations]
        raise NoSuchResultError(
            f"The run made no asset {wanted.text!r}. It made {listed(sorted(keys))}."
            f"{did_you_mean(wanted.text, keys)}"
        )

    def output_value(self, output_name: str = DEFAULT_OUTPUT) -> Any:
        """Return an output of the graph that was executed.

        Raises:
            NoSuchResultError: assets were, or it gave no such output.
        """
        if not self._root:
            raise NoSuchResultError("Assets were made: ask for asset_value(KEY).")
        name = self._root.removesuffix(".")
        node = self._nodes.get(name)
        if isinstance(node, GraphDefinition) and output_name not in node.mapping:
            # Of a job of ops, what its body returns is nobody's.
            has = f"It has {listed(node.mapping)}." if node.mapping else "It has none."
            raise NoSuchResultError(
                f"{name!r} has no output {output_name!r}. {has} Ask output_for_node(NAME) for an op's."
            )
        return self._output(name, output_name)

    def output_for_node(self, node_name: str, output_name: str = DEFAULT_OUTPUT) -> Any:
        """Return what an op gave for an output, or a graph; of a dynamic output, and of an op that is mapped over one,
        a dict by mapping keys.

        Raises:
            NoSuchResultError: no such op ran to its end, or it did not yield the output.
        """
        return self._output(self._root + node_name, output_name)

    def _output(self, node: str, output_name: str) -> Any:
        made_by, output_name = self._maker(node, output_name)
        steps = self._run.view.in_order()
        mapped = [key for key in steps if ".".join(node_names(key)) == made_by]
        if mapped and made_by not in steps:
            given = ((key, self._run.values.get(key) or self._run.reused(key)) for key in mapped)
            return {
                mapping_path(key): values[output_name]
                for key, values in given
                if output_name in values
            }
        return self._value(StepKey(made_by), output_name)

    def _value(self, key: StepKey, output_name: str) -> Any:
        node_name = key.removeprefix(self._root)
        if key not in self._run.view.steps:
            self._unknown(node_name)
        values = self._run.values.get(key) or self._run.reused(key)
        if not values and key not in self._run.values:
            state = self._run.view.steps[key].state
            raise NoSuchResultError(f"Step {node_name!r} gave nothing: it is {state}.")
        if output_name not in values:
            raise NoSuchResultError(
                f"Step {node_name!r} yielded no output {output_name!r}, but {listed(values)}."
                f"{did_you_mean(output_name, values)}"
            )
        return values[output_name]

    @property
    def asset_materializations(self) -> Sequence[Materialization]:
        """What was made, in order."""
        return tuple(map(_materialization, self.get_asset_materialization_events()))

    def asset_materializations_for_node(self, node_name: str) -> Sequence[Materialization]:
        """Return what a node made, in order, and what its op said that it made in its own way."""
        events = self.events_for_node(node_name)
        return tuple(_materialization(each) for each in events if each.is_step_materialization)

    def get_asset_materialization_events(self) -> Sequence[RunEvent]:
        """Return the facts that assets were made; each one's `payload` is an AssetMaterialized."""
        return self.filter_events(lambda event: isinstance(event.payload, AssetMaterialized))

    def get_asset_observation_events(self) -> Sequence[RunEvent]:
        """Return what ops said of assets that they do not make; a `payload` is an AssetObserved."""
        return self.filter_events(lambda event: isinstance(event.payload, AssetObserved))

    def asset_observations_for_node(self, node_name: str) -> Sequence[Observation]:
        """Return what a node said of assets that it does not make, in order."""
        return tuple(
            observation(each, each.payload)
            for each in self.events_for_node(node_name)
            if isinstance(each.payload, AssetObserved)
        )

    def expectation_results_for_node(self, node_name: str) -> Sequence[Expectation]:
        """Return what a node said of what it expected, in order."""
        return tuple(
            expectation(each, each.payload)
            for each in self.events_for_node(node_name)
            if isinstance(each.payload, ExpectationEvaluated)
        )

    def get_asset_check_evaluations(self) -> Sequence[AssetCheckEvaluation]:
        """Return the results of checks, in order."""
        return tuple(
            evaluation(event, event.payload)
            for event in self._run.events
            if isinstance(event.payload, CheckEvaluated)
        )

    def get_step_success_events(self) -> Sequence[RunEvent]:
        """Return the facts that steps succeeded."""
        return self.filter_events(lambda event: isinstance(event.payload, StepSucceeded))

    def get_step_skipped_events(self) -> Sequence[RunEvent]:
        """Return the facts that steps were skipped."""
        return self.filter_events(lambda event: event.is_step_skipped)

    def get_run_success_event(self) -> RunEvent:
        """Return the fact that the run succeeded.

        Raises:
            NoSuchResultError: it did not.
        """
        return self._end("RUN_SUCCESS")

    def get_run_failure_event(self) -> RunEvent:
        """Return the fact that the run failed.

        Raises:
            NoSuchResultError: it did not.
        """
        return self._end("RUN_FAILURE")

    def _end(self, wanted: str) -> RunEvent:
        end = self.all_events[-1]
        if end.event_type_value != wanted:
            raise NoSuchResultError(f"The run has no {wanted}: it is {self._run.view.state}.")
        return end

    def failure_data_for_node(self, node_name: str) -> EventData | None:
        """Return why a node failed: `error` says it. None: no step of it failed for good."""
        failed = [each for each in self.events_for_node(node_name) if each.is_step_failure]
        return failed[0].event_specific_data if failed else None

    def get_step_failure_events(self) -> Sequence[RunEvent]:
        """Return the facts that steps failed for good."""
        return self.filter_events(lambda event: isinstance(event.payload, StepFailed))

    def get_failed_step_keys(self) -> frozenset[str]:
        """Return the steps that failed for good."""
        return frozenset(self._run.view.failed)

    def filter_events(self, event_filter: Callable[[RunEvent], bool]) -> Sequence[RunEvent]:
        """Return the facts that a function says True of."""
        return tuple(filter(event_filter, self.all_events))

    def events_for_node(self, node_name: str) -> Sequence[RunEvent]:
        """Return the facts about a node. Of one that did not run there are none."""
        steps = self._steps(node_name)
        return self.filter_events(lambda event: event.step_key in steps)

    def is_node_success(self, node_name: str) -> bool:
        """Whether every step of the node that was to run succeeded."""
        return self._is_all(node_name, StepState.SUCCEEDED)

    def is_node_failed(self, node_name: str) -> bool:
        """Whether a step of the node failed for good."""
        states = self.step_states
        return any(states[key] is StepState.FAILED for key in self._steps(node_name))

    def is_node_skipped(self, node_name: str) -> bool:
        """Whether the node was skipped, since what it reads was not yielded."""
        return self._is_all(node_name, StepState.SKIPPED)

    def is_node_untouched(self, node_name: str) -> bool:
        """Whether nothing of the node ran: it was not needed, or something above it failed."""
        return self._is_all(node_name, StepState.NOT_RUN) or not self._steps(node_name)

    def retry_attempts_for_node(self, node_name: str) -> int:
        """Return how often steps of the node were tried again."""
        starts = (each for each in self.events_for_node(node_name) if each.attempt > 1)
        return sum(isinstance(each.payload, StepStarted) for each in starts)

    def _maker(self, name: str, output: str) -> tuple[str, str]:
        """Return the step that makes an output of a node, and which of its outputs that is."""
        path = name.split(".")
        node: Node | None = self._nodes.get(path[0])
        for part in path[1:]:
            invoked = node.invocations.get(part) if isinstance(node, GraphDefinition) else None
            node = None if invoked is None else invoked.node
        while isinstance(node, GraphDefinition) and output in node.mapping:
            ref = node.mapping[output]
            path, output = [*path, ref.node], ref.output
            node = node.invocations[ref.node].node
        return ".".join(path), output

    def _steps(self, node_name: str) -> frozenset[StepKey]:
        key = self._root + node_name
        steps = self._run.view.steps
        return frozenset(
            each for each in steps if each == key or each.startswith((f"{key}.", f"{key}["))
        )

    def _is_all(self, node_name: str, state: StepState) -> bool:
        keys, states = self._steps(node_name), self.step_states
        return bool(keys) and all(states[key] is state for key in keys)

    def _unknown(self, node_name: str) -> NoReturn:
        known = [key.removeprefix(self._root) for key in self._run.view.steps]
        raise NoSuchResultError(
            f"The run had no step {node_name!r}. It had {listed(known)}."
            f"{did_you_mean(node_name, known)}"
        )

    def __repr__(self) -> str:
        return f"<ExecuteInProcessResult of run {self.run_id}, {self._run.view.state}>"


def _raised(error: StepFailedError) -> BaseException:
    cause = error.__cause__
    # It asked for the end of a process, which is not the one that asks for the result.
    return error if cause is None or isinstance(cause, SystemExit) else cause


def _materialization(event: Event) -> Materialization:
    made = event.payload
    assert isinstance(made, AssetMaterialized | AssetObserved), "it was asked for"
    output, unexpected = "", False
    if isinstance(made, AssetMaterialized):
        output, unexpected = made.output, made.unexpected
    return Materialization(
        asset_key=AssetKey(made.asset_key),
        step_key=event.step_key or "",
        output_name=output,
        metadata=values_of(made.metadata),
        unexpected=unexpected,
        partition=made.partition_key or None,
    )
