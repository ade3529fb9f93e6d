"""The context of an op: what it may know of its step, and say of its outputs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn, Self

from treadle._arguments import checked, refuse_unsupported
from treadle._dagster_names import not_in_context
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata import kept_entries
from treadle._source import user_line
from treadle.ops._op import OpDefinition
from treadle.partitions._in_contexts import EntriesOfPartitions, PartitionAnswers, Partitions
from treadle.steps._context_answers import ContextAnswers, ContextError
from treadle.steps._resources import Resources
from treadle_contract.fan_outs import element
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.value import MetadataEntry

if TYPE_CHECKING:
    import logging
    from types import TracebackType

    from treadle.checks._check_spec import AssetCheckKey, AssetCheckSpec
    from treadle.partitions._time_windows import PartitionKeyRange
    from treadle_contract.event import AssetObserved, ExpectationEvaluated
    from treadle_contract.partition import PartitionsDefinition
    from treadle_contract.worker import TaskInput, TaskOutput

#: The context of the step that runs.
CURRENT: ContextVar[AssetExecutionContext] = ContextVar("treadle_context")


class NotInContextError(ContextError, AttributeError):
    """The context was asked for an attribute of Dagster's that it does not have."""


@dataclass(slots=True, kw_only=True, eq=False)
class OpExecutionContext(ContextAnswers, PartitionAnswers):
    """What an op may know of its step. Treadle makes it; a test calls `build_op_context`.

    `op_config` is the op's config as plain data: a mapping, for a class of config; None for none.
    """

    run_id: str
    step_key: str
    resources: Resources
    run_tags: Mapping[str, str] = field(default_factory=dict)
    retry_number: int = 0
    op_config: Any = None
    job_name: str = ""
    _op: OpDefinition | None = None
    _selected_outputs: frozenset[str] | None = None
    # A text has one a line.
    _selected_keys: Collection[KeyLike] | str | None = None
    _selected_checks: Collection[str] | None = None
    _checks: Mapping[str, AssetCheckSpec] = field(default_factory=dict)
    _assets: Mapping[str, tuple[AssetKey, ...]] = field(default_factory=dict)
    _entries: dict[str, tuple[MetadataEntry, ...]] = field(default_factory=dict, init=False)
    _yielded: set[str] = field(default_factory=set, init=False)
    _inputs: Sequence[TaskInput] = ()
    _block: Any = None
    _run_config: Callable[[], dict[str, Any]] | None = None
    _outputs: Sequence[TaskOutput] = ()
    _partitions: Partitions | None = None
    _definitions: Sequence[PartitionsDefinition] = ()
    _observed_partitions: Mapping[AssetKey, PartitionsDefinition] = field(default_factory=dict)
    _of_partition: EntriesOfPartitions = field(default_factory=dict, init=False)
    # None: nobody listens, and it is kept for a test to ask.
    _tell: Callable[[AssetObserved | ExpectationEvaluated], None] | None = None
    _logged: list[Any] = field(default_factory=list, init=False)

    @staticmethod
    def get() -> AssetExecutionContext:
        """Return the context of the step whose op calls this.

        Raises:
            ContextError: no op runs here: in a thread of its own, it must be handed on.
        """
        context = CURRENT.get(None)
        if context is None:
            raise ContextError(
                "No op runs here. Call it in an op, and hand the context to threads of its own."
            )
        return context

    def __getattr__(self, name: str) -> NoReturn:
        said = not_in_context(name)
        if said is None:
            # Python's own questions, and tools', are for private names.
            hint = "" if name.startswith("_") else did_you_mean(name, _public_names(type(self)))
            raise AttributeError(f"There is no context.{name}.{hint}")
        raise NotInContextError(said)

    @property
    def log(self) -> logging.Logger:
        """The step's logger; its records go to the run."""
        from treadle.steps._step_logger import step_logger  # noqa: PLC0415 -- logging is not what a start waits for

        return step_logger()

    @property
    def op_execution_context(self) -> OpExecutionContext:
        """The context itself."""
        return self

    @property
    def op_def(self) -> OpDefinition:
        """The op that runs.

        Raises:
            ContextError: the context was built for a test.
        """
        if self._op is None:
            raise ContextError("A context that build_op_context made belongs to no op.")
        return self._op

    @property
    def selected_output_names(self) -> AbstractSet[str]:
        """The outputs that are needed for what was selected.

        Raises:
            ContextError: the context was built for a test that does not say.
        """
        if self._selected_outputs is None:
            raise ContextError(
                "This context does not say which outputs are selected."
                " Give build_op_context(selected_output_names={…})."
            )
        return self._selected_outputs

    @property
    def selected_asset_keys(self) -> AbstractSet[AssetKey]:
        """The selected assets of the block that the op is part of.

        Raises:
            ContextError: the context was built for a test that does not say.
        """
        if self._selected_keys is None:
            raise ContextError(
                "This context does not say which assets are selected."
                " Give build_op_context(selected_asset_keys={…})."
            )
        # A block may have many, of which few ops ask.
        keys = self._selected_keys
        return frozenset(map(as_key, keys.split("\n") if isinstance(keys, str) else keys))

    @property
    def selected_asset_check_keys(self) -> AbstractSet[AssetCheckKey]:
        """The selected checks of the block that the op is part of.

        Raises:
            ContextError: the context was built for a test that does not say.
        """
        if self._selected_checks is None:
            raise ContextError(
                "This context does not say which checks are selected."
                " Give build_op_context(selected_asset_check_keys={…})."
            )
        from treadle.checks._check_spec import AssetCheckKey  # noqa: PLC0415 -- few ops ask

        return frozenset(map(AssetCheckKey.from_text, self._selected_checks))

    @property
    def check_specs(self) -> tuple[AssetCheckSpec, ...]:
        """The checks that the op evaluates, selected or not."""
        return tuple(self._checks.values())

    @property
    def asset_check_spec(self) -> AssetCheckSpec:
        """The only check that the op evaluates.

        Raises:
            ContextError: there are several, or none.
        """
        if len(self._checks) != 1:
            keys = [spec.key.text for spec in self._checks.values()]
            raise ContextError(f"The op evaluates {listed(keys)}. Use context.check_specs.")
        return self.check_specs[0]

    @property
    def has_assets_def(self) -> bool:
        """Whether the op is part of a block."""
        return self._selected_keys is not None

    @property
    def asset_key(self) -> AssetKey:
        """The only selected asset of the block.

        Raises:
            ContextError: there are several, or none.
        """
        keys = sorted(self.selected_asset_keys)
        if len(keys) != 1:
            raise ContextError(
                f"There is no one asset here; selected are {listed(key.text for key in keys)}."
                " Use selected_asset_keys, or asset_key_for_output(name)."
            )
        return keys[0]

    def asset_key_for_output(self, output_name: str = "result") -> AssetKey:
        """Return the only asset that an output of the op produces.

        Raises:
            ContextError: it produces none, or several.
        """
        keys = self._assets.get(output_name, ())
        if len(keys) != 1:
            raise ContextError(
                f"Output {output_name!r} produces {listed(key.text for key in keys)}."
                + did_you_mean(output_name, self._assets)
            )
        return keys[0]

    def add_output_metadata(
        self,
        metadata: Mapping[str, Any],
        output_name: str | None = None,
        mapping_key: str | None = None,
    ) -> None:
        """Say something of an output that is still to be yielded. Of equal names the last stays.

        What cannot be kept is left out, and a warning says why.

        Raises:
            ContextError: the output is unknown, was yielded, or must be named.
        """
        name = element(self._output_named(output_name), mapping_key or "")
        if name in self._yielded:
            raise ContextError(
                f"Output {name!r} was yielded; nothing more can be said of it."
                " Call add_output_metadata before, or give Output(metadata=…)."
            )
        owner = f"output {name!r} of {self.step_key!r}"
        before = self._entries.get(name, ())
        self._entries[name] = kept_entries(metadata, owner=owner, before=before)

    def add_asset_metadata(
        self,
        metadata: Mapping[str, Any],
        asset_key: KeyLike | None = None,
        partition_key: str | None = None,
    ) -> None:
        """Say something of an asset whose output is still to be yielded, the only one if not named.

        With `partition_key` it is of that partition alone, where the run makes several.

        Raises:
            ContextError: the op does not make it, its output was yielded, or it must be named.
        """
        name = None if asset_key is None else self.output_for_asset_key(asset_key)
        if partition_key is None:
            return self.add_output_metadata(metadata, name)
        self.add_partition_metadata(metadata, self._output_named(name), partition_key)

    def get_output_metadata(self, output_name: str = "result") -> Mapping[str, Any]:
        """Return what was said of an output so far, as plain data."""
        return {entry.name: entry.value for entry in self._entries.get(output_name, ())}

    def _output_named(self, name: str | None) -> str:
        known = list(self._op.outs) if self._op is not None else [name or "result"]
        if name is None and len(known) == 1:
            return known[0]
        if name in known:
            return name
        raise ContextError(
            f"add_output_metadata(output_name={name!r}): {self.step_key!r} has the outputs"
            f" {listed(known)}.{did_you_mean(name or '', known)} Name one of them."
        )


@dataclass(slots=True, kw_only=True, eq=False)
class AssetExecutionContext(OpExecutionContext):
    """The same, by the name that ops of assets ask for: every step belongs to a block."""


#: The same, by the name that checks ask for.
AssetCheckExecutionContext = AssetExecutionContext


@contextmanager
def as_current(context: AssetExecutionContext) -> Iterator[None]:
    """Have `OpExecutionContext.get()` return it within the block."""
    token = CURRENT.set(context)
    try:
        yield
    finally:
        CURRENT.reset(token)


def final_metadata(context: OpExecutionContext, output: str) -> tuple[MetadataEntry, ...]:
    """Return the metadata that the op added to the output. From now on it can add none."""
    context._yielded.add(output)
    return context._entries.get(output, ())


def outputs_with_unused_metadata(context: OpExecutionContext) -> tuple[str, ...]:
    """Return the outputs that the op added metadata to, and did not yield."""
    return tuple(name for name in context._entries if name not in context._yielded)


@dataclass(slots=True, kw_only=True, eq=False)
class BuiltContext(AssetExecutionContext):
    """One for a test. Leaving it puts away the resources that were made for it."""

    _scope: AbstractContextManager[object] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._scope is not None:
            self._scope.__exit__(kind, error, traceback)


@checked
def build_op_context(  # noqa: PLR0913 -- each says one thing of a step
    resources: Mapping[str, object] | None = None,
    *,
    run_tags: Mapping[str, str] | None = None,
    selected_output_names: Iterable[str] | None = None,
    selected_asset_keys: Iterable[KeyLike] | None = None,
    selected_asset_check_keys: Iterable[AssetCheckKey] | None = None,
    run_id: str = "EPHEMERAL",
    step_key: str = "test",
    mapping_key: str | None = None,
    op_config: object = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    instance: object = None,
    config: object = None,
    asset_config: object = None,
    resources_config: Mapping[str, Any] | None = None,
) -> BuiltContext:
    """Make a context to call an op with in a test: `my_op(build_op_context(…), 1)`.

    Resources that are to be made (`@resource`, a `ConfigurableResource`) are made where they are first
    asked for, with what `resources_config` has for their key, and put away at the end of
    `with build_op_context(…) as context:`. `config` and `asset_config` are other names of `op_config`.
    An asset that is called with it says which keys `partition_key_range` has. `instance` is not supported yet.

    Raises:
        ArgumentError: config is given under two names, or for no resource; or a partition and a range.
    """
    refuse_unsupported("build_op_context", {"instance": instance})
    configs = {"op_config": op_config, "config": config, "asset_config": asset_config}
    outputs, keys = selected_output_names, selected_asset_keys
    scope = partitions = None
    if partition_key is not None or partition_key_range is not None:
        from treadle.partitions._in_tests import told  # noqa: PLC0415 -- what tests alone need

        partitions = told(partition_key, partition_key_range)
    if resources or resources_config:
        from treadle.resources._for_tests import scope_of  # noqa: PLC0415 -- what tests alone need

        scope = scope_of(resources or {}, resources_config or {}, "build_op_context")
    return BuiltContext(
        run_id=run_id,
        step_key=element(step_key, mapping_key or ""),
        resources=Resources((resources or {}) if scope is None else scope),
        run_tags=dict(run_tags or {}),
        op_config=_one_of(configs),
        _scope=scope,
        _partitions=partitions,
        _selected_outputs=None if outputs is None else frozenset(outputs),
        _selected_keys=None if keys is None else frozenset(as_key(key) for key in keys),
        _selected_checks=None
        if selected_asset_check_keys is None
        else [key.text for key in selected_asset_check_keys],
    )


#: The same, by the names that tests of assets and checks ask for.
build_asset_context = build_op_context
build_asset_check_context = build_op_context


def _one_of(configs: Mapping[str, object]) -> object:
    told = {name: value for name, value in configs.items() if value is not None}
    if len(told) > 1:
        raise ArgumentError(
            f"build_op_context: config is given as {listed(told)}.",
            fix="Give it once, as op_config.",
            source=user_line(),
        )
    return next(iter(told.values()), None)


def _public_names(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]
