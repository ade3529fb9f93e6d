"""Loads what a step's inputs read, each value by the manager that stored it or is asked to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from treadle._keys import AssetKey
from treadle._system import os
from treadle.io._io_manager import InputContext, InputManager, OutputContext
from treadle.io._own import OwnIOManager
from treadle.io._pickle5 import ValueLostError
from treadle.io._values import ValueStore
from treadle.locations.snapshot import Asset, Snapshot
from treadle.ops._ins_outs import In
from treadle.partitions._in_contexts import Partitions, told_keys
from treadle.steps._failures import StepFailedError, TaskMismatchError, user_code
from treadle.steps._memory import TaskMemory
from treadle.steps._not_loaded import NotLoaded
from treadle.steps._resources import Resources, config_of
from treadle.steps._step_code import ListElement, StepCode
from treadle.steps._value_check import ValueCheck
from treadle_contract.event import InputLoaded
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue
from treadle_contract.run import FailureWhere
from treadle_contract.value import ValueRef
from treadle_contract.worker import Task, TaskInput, TaskPartition, TaskSource, TaskStep

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition
    from treadle.steps._context import OpExecutionContext


class StepSource(Protocol):
    """What running a step needs of a loaded location."""

    @property
    def snapshot(self) -> Snapshot:
        """The location as data."""

    def resources_of(self, step_key: StepKey) -> Mapping[str, object]:
        """Return all resources of a step by key; without "io_manager" the file store takes its place."""

    def step(self, step_key: StepKey) -> StepCode:
        """Return the code of a step.

        Raises:
            KeyError: there is no such step.
        """

    def hooks_of_job(self, name: str) -> tuple[HookDefinition, ...]:
        """Return the hooks that a job gives to each step of its runs; () for "" and unknown ones."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A location, and the resources of what is done with it: one step, or one load of a value."""

    location: StepSource
    resources: Mapping[str, Any]

    @property
    def snapshot(self) -> Snapshot:
        """The location as data."""
        return self.location.snapshot

    def step(self, step_key: StepKey) -> StepCode:
        """As `StepSource.step`."""
        return self.location.step(step_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLoader:
    """Loads the inputs of one step."""

    location: Opened
    code: StepCode
    step: TaskStep
    task: Task
    store: ValueStore
    loaded: Callable[[InputLoaded], None]
    memory: TaskMemory
    step_context: OpExecutionContext | None = None

    def arguments(self) -> dict[str, Any]:
        """Return the arguments by name. What reads nothing is left to the declared default.

        Raises:
            StepFailedError: a value cannot be loaded, or is not of its declared type.
            TaskMismatchError: an input without a default reads nothing.
        """
        by_name = {each.name: each for each in self.step.inputs}
        found: dict[str, Any] = {}
        for name, declared in self.code.ins.items():
            if declared.is_nothing:
                continue
            given = by_name.get(name)
            if given is not None and given.not_needed:
                found[name] = (
                    declared.default_value if declared.has_default else self._not_loaded(name)
                )
                self.loaded(InputLoaded(input=name, not_needed=True))
            elif given is not None and (given.sources or given.fan_in):
                found[name] = self._values(given, declared)
            elif self.code.told_inputs is not None and name in _by_name(self.step.told_inputs):
                found[name] = self._told_by_run(name, declared)
            elif declared.has_default:
                found[name] = declared.default_value
            elif declared.input_manager_key:
                found[name] = self._unconnected(name, declared, declared.input_manager_key)
            else:
                raise TaskMismatchError(
                    f"TaskStep.inputs of {self.step.step_key!r} reads nothing for {name!r}, which"
                    " its op takes and has no default for."
                )
        return found

    def _not_loaded(self, name: str) -> NotLoaded:
        selected = tuple(sorted(self.step.selected_outputs))
        return NotLoaded(name, self.step.step_key, selected)

    def _values(self, given: TaskInput, declared: In) -> Any:
        values = []
        for position, source in enumerate(given.sources):
            if source.partitions or source.by_partition:
                values.append(self._partitions(given.name, declared, source))
                for each in source.partitions:
                    self.loaded(_told_partition(given.name, position, source, each))
                continue
            values.append(self._value(given.name, declared, source))
            self.loaded(_told(given.name, position, source))
        if given.name in self.code.lists:
            values = _whole_list(self.code.lists[given.name], given.sources, values)
        value = values if given.fan_in else values[0]
        self._check_type(given.name, declared, value, ", ".join(map(_described, given.sources)))
        return value

    def _unconnected(self, name: str, declared: In, key: str) -> Any:
        """Return what the manager gives an input that nothing is connected to."""
        where = f"Input {name!r} of {self.step.step_key!r}"
        manager = self.location.resources.get(key)
        if not isinstance(manager, InputManager):
            raise missing_manager(where, key, manager, wanted="InputManager")
        context = self._context(name, declared, key)
        with user_code(FailureWhere.LOAD, f"{where}: loading it with input manager {key!r}"):
            value = manager.load_input(context)
        self._check_type(name, declared, value, f"input manager {key!r}")
        self.loaded(InputLoaded(input=name))
        return value

    def _told_by_run(self, name: str, declared: In) -> Any:
        """Return what the run says of an input that nothing is connected to."""
        assert self.code.told_inputs is not None, "it was looked at"
        value = _by_name(self.step.told_inputs)[name]
        where = f"Input {name!r} of {self.step.step_key!r}: what the run tells of it"
        with user_code(FailureWhere.CONFIG, where):
            read = self.code.told_inputs.read(name, value, os.environ, self.step_context)
        self._check_type(name, declared, read, "the config of the run")
        self.loaded(InputLoaded(input=name))
        return read

    def _check_type(self, name: str, declared: In, value: object, read: str) -> None:
        if declared.dagster_type is Any:
            return
        entries = ValueCheck(
            subject=f"Input {name!r} of {self.step.step_key!r}",
            name=name,
            what=f"what it reads ({read})",
            fix="Change the annotation, or what makes the value.",
            resources=self.location.resources,
            run_id=self.task.run_id,
        ).hold(value, declared.dagster_type)
        if entries:
            from treadle.steps._step_logger import step_logger  # noqa: PLC0415 -- few types say more than yes

            said = ", ".join(f"{entry.name}={entry.value!r}" for entry in entries)
            step_logger().info("input_checked input=%s %s", name, said)

    def _value(self, name: str, declared: In, source: TaskSource) -> Any:
        subject = f"Input {name!r} of {self.step.step_key!r}: loading {_described(source)}"
        if source.in_memory:
            return self._passed_on(subject, source)
        ref = source.value_ref
        if ref is not None and not self._is_overridden(declared, source):
            return self._stored(subject, ref)
        manager = self._manager(name, source)
        context = self._context(name, declared, source.io_manager_key, source)
        with user_code(FailureWhere.LOAD, f"{subject} with IO manager {source.io_manager_key!r}"):
            return manager.load_input(context)

    def _partitions(self, name: str, declared: In, source: TaskSource) -> Any:
        """Return the value of the one partition that is read, or a mapping of key to value."""
        where = f"Input {name!r} of {self.step.step_key!r}"
        key = source.io_manager_key
        manager = self.location.resources.get(key)
        is_own = manager is None or isinstance(manager, OwnIOManager)
        is_stored_here = is_own or all(each.value_ref for each in source.partitions)
        if not is_stored_here or self._is_overridden(declared, source):
            reader, context = (
                self._manager(name, source),
                self._context(name, declared, key, source),
            )
            subject = f"{where}: loading {_described(source)} with IO manager {key!r}"
            with user_code(FailureWhere.LOAD, subject):
                return reader.load_input(context)
        values = {}
        for each in source.partitions:
            subject = f"partition {each.partition_key!r} of asset {source.asset_key!r}"
            if each.value_ref is None:
                why = f"{each.step_key!r} did not yield" if each.step_key else "no run has made"
                raise StepFailedError(FailureWhere.LOAD, f"{where} reads {subject}, which {why}.")
            values[each.partition_key] = self._stored(f"{where}: loading {subject}", each.value_ref)
        return values if source.by_partition else next(iter(values.values()))

    def _passed_on(self, subject: str, source: TaskSource) -> object:
        try:
            return self.memory.value(source)
        except KeyError:
            raise StepFailedError(
                FailureWhere.LOAD,
                f"{subject}: its value was passed on in memory, in the process of its task, and is"
                " stored nowhere. With isolation='op' each value is stored.",
            ) from None

    def _stored(self, subject: str, ref: ValueRef) -> object:
        try:
            with user_code(FailureWhere.LOAD, subject):
                return self.store.read_value(ref)
        except StepFailedError as error:
            if not isinstance(error.__cause__, ValueLostError):
                raise
            problem = f"{subject}: its value is lost. {error.__cause__}"
        raise StepFailedError(
            FailureWhere.LOAD,
            f"{problem} `treadle runs rerun {self.task.run_id}` makes it again, and goes on.",
            stale=True,
        )

    def _is_overridden(self, declared: In, source: TaskSource) -> bool:
        """Tell whether the input asks for a manager of the user's in the file store's place."""
        key = source.io_manager_key
        resources = self.location.resources
        if key != declared.input_manager_key or key not in resources:
            return False
        return not isinstance(resources[key], OwnIOManager)

    def _manager(self, name: str, source: TaskSource) -> InputManager:
        manager = self.location.resources.get(source.io_manager_key)
        is_own = manager is None or isinstance(manager, OwnIOManager)
        where = f"Input {name!r} of {self.step.step_key!r}"
        if is_own and source.asset_key and not source.run_id:
            raise StepFailedError(
                FailureWhere.LOAD, f"{where} {self._nothing_stored(source.asset_key)}"
            )
        if isinstance(manager, InputManager):
            return manager
        raise missing_manager(where, source.io_manager_key, manager)

    def _nothing_stored(self, key: KeyText) -> str:
        reads = f"reads asset {key!r}, of which Treadle's own IO manager has no stored value."
        asset = _asset(self.location.snapshot, key)
        if asset is not None and not asset.is_external:
            return f"{reads} Make it first, in a run that selects it."
        return (
            f"{reads} Nothing here makes it: name one that loads it, with"
            " AssetIn(input_manager_key=…), or, if it is only to come first, write"
            f" deps=[{key!r}] instead of the argument."
        )

    def _context(
        self, name: str, declared: In, manager_key: str, source: TaskSource | None = None
    ) -> InputContext:
        resources = Resources(self.location.resources)
        upstream = None if source is None else upstream_output(self.location, source, resources)
        if upstream is not None and upstream.run_id == self.task.run_id:
            upstream.run_tags = self.task.run_tags
        return InputContext(
            name=name,
            step_key=self.step.step_key,
            run_id=self.task.run_id,
            dagster_type=declared.dagster_type,
            definition_metadata=declared.metadata,
            resources=resources,
            run_tags=self.task.run_tags,
            resource_config=config_of(self.location.resources, manager_key),
            op_def=self.code.op,
            step_context=self.step_context,
            upstream_output=upstream,
            partitions=None if upstream is None else upstream.partitions,
        )


def _whole_list(
    elements: Sequence[ListElement], sources: Sequence[TaskSource], values: Sequence[Any]
) -> list[Any]:
    """Return what was read with the job's own values in their places; what is left out has none."""
    read = list(zip(sources, values, strict=True))
    found = []
    for each in elements:
        if not isinstance(each, tuple):
            found.append(each.value)
        elif read and (read[0][0].step_key, read[0][0].output) == each:
            found.append(read.pop(0)[1])
    return found


def upstream_output(
    location: StepSource | Opened, source: TaskSource, resources: Resources
) -> OutputContext:
    """Say of a stored value what the record and the definitions know."""
    from treadle.types._dagster_type import dagster_type_of  # noqa: PLC0415 -- as the context

    context = OutputContext(
        name=source.output or "result",
        step_key=source.step_key,
        run_id=source.run_id,
        resources=resources,
        key=AssetKey(source.asset_key) if source.asset_key else None,
        mapping_key=source.mapping_key or None,
    )
    asset = _asset(location.snapshot, source.asset_key)
    context.partitions = Partitions.read_by(source, location.snapshot.partitions, asset)
    step_key, output = source.step_key, source.output
    if asset is not None and asset.step_key is not None:
        step_key, output = asset.step_key, asset.output or output
    elif asset is not None:
        context.definition_metadata = {each.name: each.value for each in asset.metadata}
    try:
        code = location.step(step_key)
        out = code.outs[output]
    except KeyError:  # external, or made by code that is no longer there
        return context
    context.name = source.output or output
    context.dagster_type = dagster_type_of(out.dagster_type)
    context.op_def = code.op
    context.definition_metadata = (
        code.metadata.get(context.key, {}) if context.key else out.metadata
    )
    return context


def missing_manager(
    where: str, key: str, found: object, wanted: str = "IOManager"
) -> StepFailedError:
    """Make the failure of a step whose IO manager is not there, or is none."""
    is_there = found is not None
    said = f"{type(found).__name__} is not an {wanted}:" if is_there else "there is no resource"
    return StepFailedError(
        FailureWhere.RESOURCE,
        f"{where} names IO manager {key!r} (TaskOutput.io_manager_key), but {said} {key!r}."
        f" Give Definitions(resources={{{key!r}: …}}) an instance of a class derived from {wanted}.",
    )


def _asset(snapshot: Snapshot, key: KeyText) -> Asset | None:
    return next((each for each in snapshot.assets if each.key == key), None)


def _told(name: str, position: int, source: TaskSource) -> InputLoaded:
    return InputLoaded(
        input=name,
        position=position,
        asset_key=source.asset_key,
        from_run_id=source.run_id,
        from_step_key=source.step_key,
        # An asset has one output, which its key says.
        from_output="" if source.asset_key else source.output,
        from_mapping_key=source.mapping_key,
        value_ref=source.value_ref,
    )


def _told_partition(
    name: str, position: int, source: TaskSource, read: TaskPartition
) -> InputLoaded:
    return InputLoaded(
        input=name,
        position=position,
        asset_key=source.asset_key,
        from_run_id=read.run_id,
        from_step_key=read.step_key,
        value_ref=read.value_ref,
        partition_key=read.partition_key,
    )


def _described(source: TaskSource) -> str:
    if source.partitions:
        return f"{told_keys([each.partition_key for each in source.partitions])} of {source.asset_key!r}"
    if source.asset_key:
        return f"asset {source.asset_key!r}"
    return f"output {source.output!r} of {source.step_key!r}"


def _by_name(told: UserValue) -> Mapping[str, UserValue]:
    return told if isinstance(told, Mapping) else {}
