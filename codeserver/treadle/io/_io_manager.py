"""IOManager: the seam for storing and loading values, and what it is told of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle._errors import TreadleError
from treadle._keys import AssetKey
from treadle._metadata import MetadataValue, kept_entries
from treadle.io._value_contexts import ValueContext
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle.steps._resources import Resources
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.value import MetadataEntry

if TYPE_CHECKING:
    from treadle._told import AssetMaterialization, AssetObservation, ExpectationResult
    from treadle.ops._op import OpDefinition
    from treadle.partitions._in_contexts import Partitions
    from treadle.steps._context import OpExecutionContext


class NoAssetError(TreadleError):
    """An IO manager asked for the asset of a value that is none."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is not an asset. Ask has_asset_key first, or use get_identifier(), which"
            " names intermediates too."
        )


class NothingUpstreamError(TreadleError):
    """An input manager asked what value is stored for an input that reads none."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is connected to nothing, so there is no stored value to name. Ask whether"
            " context.upstream_output is None first; context.name and .metadata say which input it is."
        )


class InputManager(ABC):
    """Loads what inputs read that name it: `In(input_manager_key=…)`."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """Return the value of an input."""


class IOManager(InputManager):
    """Stores what ops make and loads what they read. Derive from it, and give an instance as a
    resource: as "io_manager" for all values, under another key for those that name it.
    """

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store a value. As a generator it may yield what it made, and mappings of metadata."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """Return the value that `context.upstream_output` names, which None tells of no value."""


@dataclass(slots=True, kw_only=True)
class OutputContext(ValueContext):
    """One value to store: of an asset, or of an intermediate.

    `definition_metadata` is what the definitions say, `output_metadata` what the op said of
    this value. As `InputContext.upstream_output` it tells where the value came from; then
    `run_id` and `step_key` are "" if no record names them. `resource_config` is the config of the manager,
    `mapping_key` names an element of a dynamic output, None for what is none. `step_context` is that of the op, None outside of a step, and `op_def` who makes it, None if that is not known.
    """

    name: str = DEFAULT_OUTPUT
    step_key: str = ""
    run_id: str = ""
    dagster_type: Any = Any
    definition_metadata: Mapping[str, Any] = field(default_factory=dict)
    output_metadata: Mapping[str, Any] = field(default_factory=dict)
    resources: Resources = field(default_factory=lambda: Resources({}))
    run_tags: Mapping[str, str] = field(default_factory=dict)
    key: AssetKey | None = None
    resource_config: Any = None
    op_def: OpDefinition | None = None
    step_context: OpExecutionContext | None = None
    mapping_key: str | None = None
    partitions: Partitions | None = None
    _entries: tuple[MetadataEntry, ...] = field(default=(), init=False)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the definitions say: Dagster's older name of `definition_metadata`."""
        return self.definition_metadata

    @property
    def has_asset_key(self) -> bool:
        """Whether the value is an asset's."""
        return self.key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The asset.

        Raises:
            NoAssetError: the value is an intermediate.
        """
        if self.key is None:
            raise NoAssetError(f"Output {self.name!r} of {self.step_key!r}")
        return self.key

    @property
    def added_entries(self) -> tuple[MetadataEntry, ...]:
        """What the IO manager added."""
        return self._entries

    def add_output_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Say more of the value. Of equal names the last one stays.

        What cannot be kept is left out, and a warning says why.
        """
        owner = f"output {self.name!r} of {self.step_key!r}"
        self._entries = kept_entries(metadata, owner=owner, before=self._entries)

    def get_run_scoped_output_identifier(self) -> list[str]:
        """Return run id, step key and output name; of an element of a fan-out its mapping key, too."""
        found = [self.run_id, self.step_key, self.name]
        return [*found, self.mapping_key] if self.mapping_key else found

    def get_asset_identifier(self) -> list[str]:
        """Return the components of the asset's key, and behind them its partition, if it has any.

        Raises:
            NoAssetError: the value is an intermediate.
            ContextError: it is of several partitions.
        """
        path = self.asset_key.path
        return [*path, self.asset_partition_key] if self.has_asset_partitions else path

    def get_identifier(self) -> list[str]:
        """Return `get_asset_identifier`; of an intermediate run, step and output."""
        return self.get_asset_identifier() if self.key else self.get_run_scoped_output_identifier()

    def get_output_identifier(self) -> list[str]:
        """Return what `get_identifier` does: an older name of it."""
        return self.get_identifier()

    def get_asset_output_identifier(self) -> list[str]:
        """Return what `get_asset_identifier` does: an older name of it."""
        return self.get_asset_identifier()

    def log_event(self, event: AssetMaterialization | AssetObservation | ExpectationResult) -> None:
        """Tell the run of an asset, or of what was expected, as the op's `context.log_event` does."""
        self._tell(event)

    def get_logged_metadata(self) -> Mapping[str, MetadataValue]:
        """Return what the IO manager added, by name."""
        return _by_name(self._entries)

    def consume_logged_metadata(self) -> Mapping[str, MetadataValue]:
        """Return what the IO manager added, by name, and forget it: for tests."""
        added = _by_name(self._entries)
        self._entries = ()
        return added


@dataclass(slots=True, kw_only=True)
class InputContext(ValueContext):
    """One value to load: for which input of which step, and which value.

    `upstream_output` is None for an input that nothing is connected to: its manager says what it is.
    `resource_config` is the config of the manager, `op_def` the op that reads, `step_context` its context.
    """

    name: str
    upstream_output: OutputContext | None = None
    step_key: str = ""
    run_id: str = ""
    dagster_type: Any = Any
    definition_metadata: Mapping[str, Any] = field(default_factory=dict)
    resources: Resources = field(default_factory=lambda: Resources({}))
    run_tags: Mapping[str, str] = field(default_factory=dict)
    resource_config: Any = None
    op_def: OpDefinition | None = None
    step_context: OpExecutionContext | None = None
    partitions: Partitions | None = None
    _entries: tuple[MetadataEntry, ...] = field(default=(), init=False)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What `In(metadata=…)` says: Dagster's older name of `definition_metadata`."""
        return self.definition_metadata

    @property
    def has_input_name(self) -> bool:
        """True: values are loaded for inputs only."""
        return True

    @property
    def has_asset_key(self) -> bool:
        """Whether the value is an asset's."""
        return self.upstream_output is not None and self.upstream_output.has_asset_key

    @property
    def asset_key(self) -> AssetKey:
        """The asset that is loaded.

        Raises:
            NoAssetError: the value is an intermediate.
        """
        return self._upstream().asset_key

    def get_asset_identifier(self) -> list[str]:
        """Return the components of the asset's key.

        Raises:
            NoAssetError: the value is an intermediate.
        """
        return self._upstream().get_asset_identifier()

    def get_identifier(self) -> list[str]:
        """Return what the value's own `OutputContext.get_identifier` returned."""
        return self._upstream().get_identifier()

    def add_input_metadata(
        self, metadata: Mapping[str, Any], description: str | None = None
    ) -> None:
        """Say something of the value that is loaded: of an asset, an observation of it; else a line of the log.

        What cannot be kept is left out, and a warning says why.
        """
        owner = f"input {self.name!r} of {self.step_key!r}"
        self._entries = kept_entries(metadata, owner=owner, before=self._entries)
        if self.has_asset_key:
            from treadle._told import AssetObservation  # noqa: PLC0415 -- few managers tell

            of = self.partitions
            partition = of.keys[0] if of is not None and len(of.keys) == 1 else None
            self._tell(AssetObservation(self.asset_key, description, metadata, partition))
            return
        said = ", ".join(f"{entry.name}={entry.value!r}" for entry in self._entries)
        self.log.info("input_loaded input=%s %s", self.name, said)

    def consume_logged_metadata(self) -> Mapping[str, MetadataValue]:
        """Return what was said of the value, by name, and forget it: for tests."""
        added = _by_name(self._entries)
        self._entries = ()
        return added

    def _upstream(self) -> OutputContext:
        if self.upstream_output is None:
            raise NothingUpstreamError(f"Input {self.name!r} of {self.step_key!r}")
        return self.upstream_output


def _by_name(entries: tuple[MetadataEntry, ...]) -> Mapping[str, MetadataValue]:
    return {each.name: MetadataValue(each.value, each.rendering) for each in entries}
