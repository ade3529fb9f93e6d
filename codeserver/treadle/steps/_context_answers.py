"""What a context answers and tells beside the step's own data: where the op stands, what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from treadle._errors import TreadleError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle_contract.fan_outs import mapping_path, node_names
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from treadle._told import AssetMaterialization, AssetObservation, DataVersion, ExpectationResult
    from treadle.ops._op import OpDefinition
    from treadle.steps._about_run import NodeHandle, RunOfStep
    from treadle_contract.event import AssetObserved, ExpectationEvaluated
    from treadle_contract.worker import TaskInput


class ContextError(TreadleError):
    """The context was asked for something that it cannot tell or do here."""


class ContextAnswers:
    """What is said of a step by what its context knows of it."""

    __slots__ = ()
    if TYPE_CHECKING:
        run_id: str
        step_key: str
        job_name: str
        run_tags: Mapping[str, str]
        _assets: Mapping[str, tuple[AssetKey, ...]]
        _inputs: Sequence[TaskInput]
        _yielded: set[str]
        _logged: list[Any]
        _block: Any
        _run_config: Callable[[], dict[str, Any]] | None
        _tell: Callable[[AssetObserved | ExpectationEvaluated], None] | None

        @property
        def op_def(self) -> OpDefinition: ...

        @property
        def selected_output_names(self) -> AbstractSet[str]: ...

        def add_output_metadata(
            self, metadata: Mapping[str, Any], output_name: str | None = None
        ) -> None: ...

    @property
    def op(self) -> OpDefinition:
        """The op that runs, under the name of its node: the alias, where it has one.

        Raises:
            ContextError: the context was built for a test.
        """
        return replace(self.op_def, name=node_names(StepKey(self.step_key))[-1] or self.op_def.name)

    def asset_key_for_input(self, input_name: str) -> AssetKey:
        """Return the asset that an input of the op reads from where it is stored.

        Raises:
            ContextError: it reads none, or several, or what another op of the graph gave.
        """
        read = {
            source.asset_key
            for each in self._inputs
            if each.name == input_name
            for source in each.sources
        }
        if len(read) != 1 or "" in read:
            raise ContextError(
                f"Input {input_name!r} of {self.step_key!r} reads {listed(sorted(filter(None, read)))}"
                f" as an asset.{did_you_mean(input_name, [each.name for each in self._inputs])}"
            )
        return as_key(read.pop())

    def get_mapping_key(self) -> str | None:
        """Return the mapping key that the step runs for; None: it is not mapped.

        Of a fan-out in a fan-out it is a path: the outer key, "/", the inner one.
        """
        return mapping_path(StepKey(self.step_key)) or None

    def get_mapping_keys(self, input_name: str) -> list[str]:
        """Return the mapping keys of the elements of an input's list, in its order.

        Raises:
            ContextError: the op has no such input, or it collects no fan-out.
        """
        found = [each for each in self._inputs if each.name == input_name]
        keys = [
            mapping_path(source.step_key, source.mapping_key)
            for each in found
            for source in each.sources
        ]
        if not found or not found[0].fan_in or not all(keys):
            raise ContextError(
                f"Input {input_name!r} of {self.step_key!r} collects no fan-out."
                f"{did_you_mean(input_name, [each.name for each in self._inputs])}"
            )
        return keys

    def output_for_asset_key(self, asset_key: KeyLike) -> str:
        """Return the output of the op that produces an asset.

        Raises:
            ContextError: none does.
        """
        wanted = as_key(asset_key)
        for name, keys in self._assets.items():
            if wanted in keys:
                return name
        known = [key.text for keys in self._assets.values() for key in keys]
        raise ContextError(
            f"No output of {self.step_key!r} produces {wanted.text!r}, but {listed(known)}."
            f"{did_you_mean(wanted.text, known)}"
        )

    @property
    def is_subset(self) -> bool:
        """Whether some outputs of the op are not needed for what was selected."""
        return not self.selected_output_names >= set(self.op_def.outs)

    @property
    def op_handle(self) -> NodeHandle:
        """Where the op stands in its graphs."""
        from treadle.steps._about_run import NodeHandle  # noqa: PLC0415 -- few ops ask

        return NodeHandle.from_string(self.step_key)

    node_handle = op_handle

    @property
    def run(self) -> RunOfStep:
        """The run: its id, job and tags."""
        from treadle.steps._about_run import RunOfStep  # noqa: PLC0415 -- few ops ask

        return RunOfStep(run_id=self.run_id, job_name=self.job_name, tags=self.run_tags)

    dagster_run = run

    def get_op_execution_context(self) -> Self:
        """Return the context itself."""
        return self

    def describe_op(self) -> str:
        """Return what the op is called in messages."""
        return f"op {self.step_key.rpartition('.')[2]!r}"

    @property
    def run_config(self) -> dict[str, Any]:
        """What the run says to ops and resources, and its job does; defaults and variables as they stand.

        Raises:
            ContextError: the context was built for a test.
        """
        if self._run_config is None:
            raise ContextError(
                "A context that was built for a test is of no run. What the op is told is context.op_config."
            )
        return self._run_config()

    @property
    def assets_def(self) -> Any:
        """The block of assets, or of checks, that the op is part of: an AssetsDefinition.

        Raises:
            ContextError: it is part of none.
        """
        if self._block is None:
            raise ContextError(
                "This op is part of no block of assets: a job of ops runs it, or a test calls it."
                " Ask context.has_assets_def first."
            )
        return self._block

    def has_tag(self, key: str) -> bool:
        """Whether the run has the tag."""
        return key in self.run_tags

    def get_tag(self, key: str) -> str | None:
        """Return the value of a tag of the run, None if it has none."""
        return self.run_tags.get(key)

    def set_data_version(self, asset_key: KeyLike, data_version: DataVersion) -> None:
        """Say which version an asset has whose output is still to be yielded.

        Raises:
            ContextError: the op does not make it, or its output was yielded.
        """
        from treadle._told import as_metadata  # noqa: PLC0415 -- few give one

        said = as_metadata(data_version, owner="set_data_version")
        self.add_output_metadata(said, self.output_for_asset_key(asset_key))

    def log_event(self, event: AssetMaterialization | AssetObservation | ExpectationResult) -> None:
        """Tell the run of an asset that the op does not make, or of what it expected.

        Of an asset that one of its outputs is, an AssetMaterialization adds its facts to that output.

        Raises:
            ContextError: it is none of these.
        """
        from treadle._told import AssetMaterialization, fact_of  # noqa: PLC0415 -- few ops tell

        if not is_told(event):
            raise ContextError(
                f"log_event takes no {type(event).__name__}. Give AssetMaterialization(…),"
                " AssetObservation(…) or ExpectationResult(…); an output is returned or yielded."
            )
        if isinstance(event, AssetMaterialization):
            names = [name for name, keys in self._assets.items() if event.asset_key in keys]
            if names and names[0] not in self._yielded:
                said = {"description": event.description} if event.description else {}
                self.add_output_metadata({**said, **event.metadata}, names[0])
                return
        fact = fact_of(event, owner=f"{type(event).__name__} of {self.step_key!r}")
        if self._tell is None:
            self._logged.append(event)
        else:
            self._tell(fact)

    def get_events(self) -> Sequence[AssetMaterialization | AssetObservation | ExpectationResult]:
        """Return what was told with `log_event`, of a context that was built for a test."""
        return tuple(self._logged)

    def has_events(self) -> bool:
        """Whether there are any."""
        return bool(self._logged)

    def consume_events(
        self,
    ) -> Iterator[AssetMaterialization | AssetObservation | ExpectationResult]:
        """Yield them, and keep none."""
        while self._logged:
            yield self._logged.pop(0)


def is_told(event: object) -> bool:
    """Whether it is what `log_event` takes."""
    if type(event).__module__ != "treadle._told":
        return False
    from treadle._told import (  # noqa: PLC0415 -- few ops tell
        AssetMaterialization,
        AssetObservation,
        ExpectationResult,
    )

    return isinstance(event, AssetMaterialization | AssetObservation | ExpectationResult)
