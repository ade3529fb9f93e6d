"""A block put into a location: its steps, assets and code under the names that they have there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from treadle._errors import ConflictError
from treadle._keys import AssetKey
from treadle._nothing import Nothing
from treadle._policies import milliseconds
from treadle.assets._assets import AssetsDefinition
from treadle.assets._produced import ProducedAsset
from treadle.graphs._flat import FlatInput, FlatRef, FlatStep, Path, StepRef
from treadle.io._managers import is_builtin
from treadle.locations._lineage import read_by_step
from treadle.locations.snapshot import (
    Asset,
    AssetSource,
    Block,
    OutputSource,
    Source,
    Step,
    StepInput,
    StepOutput,
)
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle.ops._op import OpDefinition
from treadle.partitions._placing import asset_source, mappings_of, partitioned
from treadle.steps._step_code import NO_CHECKS, ListElement, StepCode
from treadle_contract.fan_outs import UNKNOWN
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.policy import RetryPolicy

if TYPE_CHECKING:
    from treadle.config._step_config import StepConfig
    from treadle.config._told_inputs import ToldInputs
    from treadle.hooks._hook import HookDefinition

#: By step and output, the assets that it produces, sorted.
_Produced: TypeAlias = Mapping[tuple[Path, str], tuple[AssetKey, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPlace:
    """What the location says of a block: its name there, what each argument reads and each of its
    `deps` names, resources.
    """

    name: str
    upstream: Mapping[str, AssetKey]
    deps: Mapping[AssetKey, AssetKey]
    resources: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step of a block in a location. Its code is put together when it is asked for."""

    placed: PlacedBlock
    flat: FlatStep

    @property
    def defaults(self) -> Mapping[str, object]:
        """The values that its inputs have when nothing is connected, by name."""
        named = ((each.name, each.definition) for each in self.flat.inputs)
        found = {name: each.default_value for name, each in named if each.has_default}
        for each in self.flat.inputs:
            given = (one for one in each.elements if not isinstance(one, StepRef))
            found |= {f"{each.name}[{number}]": one.value for number, one in enumerate(given)}
        return found

    @property
    def code(self) -> StepCode:
        """What the process that runs it needs."""
        return self.placed.code(self.flat)


class PlacedBlock:
    """What a block is in a snapshot: `block`, `assets`, `steps` in the order of the invocations."""

    def __init__(self, block: AssetsDefinition, place: BlockPlace) -> None:
        self._block = block
        self._place = place
        self._flat = block.flat
        self._produced = _produced(block)
        self._said = {said.key.text: said for said in block.produced.values()}
        made = block.produced.items() if block.is_graph else ()
        checks = block.options.checks
        self._checks = {
            (ref.path, ref.output): checks[output]
            for output, ref in (self._flat.outputs.items() if checks else ())
            if output in checks
        }
        self._makers = {said.key: self._flat.outputs[output] for output, said in made}
        self._stated = self._stated_lineage() if block.options.internal_asset_deps else {}
        self.mappings = mappings_of(block, place.name, place.upstream, place.deps)
        self.block = self._snapshot_block()
        self.steps = tuple(map(self._step, self._flat.steps.values()))
        self.assets = self._assets()

    def by_node(self) -> Iterator[tuple[StepKey, PlacedStep]]:
        """Yield each step with its key."""
        for step, flat in zip(self.steps, self._flat.steps.values(), strict=True):
            yield step.key, PlacedStep(self, flat)

    @staticmethod
    def lacking(step: Step) -> Iterator[str]:
        """Yield the inputs of a step that nothing is connected to, and that have no default."""
        for each in step.inputs:
            has_value = each.sources or each.nothing or each.has_default or each.manager_key
            if each.name and not has_value:
                yield each.name

    def _snapshot_block(self) -> Block:
        options, keys = self._block.options, sorted(key.text for key in self._block.keys)
        return Block(
            name=self._place.name,
            asset_keys=tuple(keys),
            can_subset=options.can_subset,
            is_graph=self._block.is_graph,
            unselected_outputs=options.unselected_outputs,
            siblings=options.siblings,
            isolation=options.isolation,
            reuse=options.reuse,
            description=options.description,
            source=self._block.source,
            checks=tuple(sorted(spec.key.text for spec in options.checks.values())),
            observed_keys=tuple(sorted(key.text for key in options.observes.values())),
        )

    def _key(self, path: Path) -> StepKey:
        return StepKey(self._node(path) + f"[{UNKNOWN}]" * len(self._flat.steps[path].levels))

    def _node(self, path: Path) -> str:
        return ".".join((self._place.name, *path)) if path else self._place.name

    def _step(self, flat: FlatStep) -> Step:
        key = self._key(flat.path)
        told = self._told_inputs(flat)
        inputs = tuple(self._input(each, told) for each in flat.inputs)
        limits = flat.op.limits or self._block.options.limits
        return Step(
            key=key,
            node=key,
            block=self._place.name,
            op=flat.op.name,
            inputs=(*inputs, *self._ordering(inputs)),
            outputs=tuple(self._output(flat, name, inputs) for name in flat.op.outs),
            resource_keys=self._resource_keys(flat),
            description=flat.op.description,
            tags={**self._block.options.op_tags, **flat.tags},
            code_version=flat.op.code_version or "",
            retry_policy=self._retry_policy(flat),
            timeout_ms=milliseconds(flat.op.timeout or self._block.options.timeout or 0.0),
            limits=None if limits is None else limits.as_data(),
            config=None if (config := self._config(flat)) is None else config.place,
            source=flat.source,
            told_inputs=None if told is None else told.place,
            mapped_over=tuple(
                OutputSource(step_key=self._key(ref.path), output=ref.output) for ref in flat.levels
            ),
        )

    def _resource_keys(self, flat: FlatStep) -> tuple[str, ...]:
        keys = self._required(flat.op).resource_keys
        more = [hook.required_resource_keys for hook in self._hooks(flat)]
        more += [own.required_resource_keys for own in flat.own_types()]
        return tuple(sorted({*keys, *chain.from_iterable(more)})) if any(more) else keys

    def _retry_policy(self, flat: FlatStep) -> RetryPolicy | None:
        said = flat.retry_policy or self._block.options.retry_policy
        return None if said is None else said.as_data()

    def _told_inputs(self, flat: FlatStep) -> ToldInputs | None:
        # Of a job of ops, a run may leave out what makes an input, and tell it.
        is_job = self._block.options.is_op_job
        told = [
            each for each in flat.inputs if each.is_tellable and (is_job or not each.is_connected)
        ]
        ins = {each.name: each.definition for each in told}
        if not ins:
            return None
        from treadle.config._told_inputs import told_inputs  # noqa: PLC0415 -- few ops have such inputs

        graphs = {1 + depth: each for depth, each in flat.configs.items()}
        owner = f"op {flat.op.name!r}"
        arguments = {each.name: each.arguments for each in told if not each.is_connected}
        return told_inputs((self._place.name, *flat.path), graphs, ins, arguments, owner)

    def _config(self, flat: FlatStep) -> StepConfig | None:
        if flat.op.config is None:
            return None
        from treadle.config._step_config import step_config  # noqa: PLC0415 -- few modules have config

        graphs = {1 + depth: each for depth, each in flat.configs.items()}
        return step_config((self._place.name, *flat.path), graphs, flat.op.config)

    def _input(self, each: FlatInput, told: ToldInputs | None) -> StepInput:
        merged = each.definition
        return StepInput(
            name=each.name,
            sources=tuple(map(self._source, each.refs)),
            fan_in=each.fan_in,
            nothing=merged.is_nothing,
            has_default=merged.has_default,
            manager_key=merged.input_manager_key,
            manager_builtin=is_builtin(merged.input_manager_key, self._place.resources),
            arguments=tuple(
                [f"{self._node(path)}.{name}" for path, name in each.arguments]
                if each.is_tellable and not each.is_connected
                else []
            ),
            schema="" if told is None else told.schemas.get(each.name, ""),
        )

    def _list(self, each: FlatInput) -> tuple[ListElement, ...]:
        return tuple(
            (self._key(ref.path), ref.output) if isinstance(ref, StepRef) else ref
            for ref in each.elements
        )

    def _source(self, ref: FlatRef) -> Source:
        if isinstance(ref, StepRef):
            is_dynamic = self._flat.out(ref).is_dynamic
            return OutputSource(
                step_key=self._key(ref.path),
                output=ref.output,
                mapping_key=UNKNOWN if is_dynamic else "",
                collected=ref.collected,
            )
        key = self._place.upstream[ref.argument]
        # An argument that names an asset of the same graph is one more wire of it. An op's own
        # asset stays an asset: if the op is cut, another piece of it may be what makes it.
        maker, own = self._makers.get(key), self._asset_source(key)
        return self._source(maker) if maker is not None and not own.is_earlier else own

    def _asset_source(self, key: AssetKey) -> AssetSource:
        return asset_source(self._block, self.mappings, key)

    def _ordering(self, inputs: Sequence[StepInput]) -> tuple[StepInput, ...]:
        """Return the input for `deps`, which come before whatever reads nothing inside."""
        deps = self._place.deps.values()
        read = (source for each in inputs for source in each.sources)
        if not deps or any(isinstance(source, OutputSource) for source in read):
            return ()
        sources = map(self._asset_source, sorted(deps))
        return (StepInput(name="", sources=tuple(sources), nothing=True),)

    def _output(self, flat: FlatStep, name: str, inputs: Sequence[StepInput]) -> StepOutput:
        out, observes = flat.outs[name], self._block.options.observes
        manager_key = out.io_manager_key or DEFAULT_IO_MANAGER
        keys = tuple([key.text for key in self._produced.get((flat.path, name), ())])
        spec = self._checks.get((flat.path, name)) if self._checks else None
        # A check needs what its asset does.
        of = keys if spec is None else (spec.asset_key.text,)
        return StepOutput(
            name=name,
            is_required=out.is_required,
            nothing=out.is_nothing,
            asset_keys=keys,
            manager_key=manager_key,
            manager_builtin=is_builtin(manager_key, self._place.resources),
            input_names=self._needed_inputs(of, inputs),
            checkpoint=out.checkpoint,
            check="" if spec is None else spec.key.text,
            observes=KeyText("") if (key := observes.get(name)) is None else key.text,
            dynamic=out.is_dynamic,
        )

    def _needed_inputs(
        self, keys: Sequence[KeyText], inputs: Sequence[StepInput]
    ) -> tuple[str, ...] | None:
        if self._block.is_graph or self._stated.keys().isdisjoint(keys):
            return None
        needed = {each for key in keys for each in self._stated[key]}
        return tuple(
            each.name
            for each in inputs
            if any(
                isinstance(read, AssetSource) and read.asset_key in needed for read in each.sources
            )
        )

    def _assets(self) -> tuple[Asset, ...]:
        above = read_by_step(self.steps)
        return tuple(
            [
                self._asset(key, step, output, above[step.key])
                for step in self.steps
                for output in step.outputs
                for key in output.asset_keys
            ]
        )

    def _asset(
        self, key: KeyText, step: Step, output: StepOutput, above: frozenset[KeyText]
    ) -> Asset:
        said = self._said[key]
        asset = Asset(
            key=key,
            block=self._place.name,
            step_key=step.key,
            output=output.name,
            upstream_keys=tuple(sorted(self._stated.get(key, above - {key}))),
            description=said.description,
            group=said.group,
            metadata=said.entries,
            tags=said.tags,
            kinds=said.kinds,
            owners=said.owners,
            code_version=said.code_version,
            manager_key=said.io_manager_key,
            manager_builtin=self._is_builtin(said),
            keep_versions=said.keep_versions,
            source=self._block.source,
        )
        return partitioned(asset, self._block, self.mappings)

    def _is_builtin(self, said: ProducedAsset) -> bool:
        """Tell whether Treadle's own manager stores an asset.

        Raises:
            ConflictError: it does not, or nothing is stored, and `keep_versions` is said of it.
        """
        own = is_builtin(said.io_manager_key, self._place.resources)
        if said.keep_versions and (said.type is Nothing or not own):
            by = f"{said.io_manager_key!r} stores it" if not own else "nothing is stored of it"
            raise ConflictError(
                f"{self._block.options.owner}: keep_versions is said of the asset {said.key.text!r},"
                f" but {by}, so Treadle has no versions of it to keep.",
                fix="Leave keep_versions out, or give it to AssetOut of the outputs that Treadle's"
                " own manager stores; what an IO manager of yours stores is yours to remove.",
                source=self._block.source,
            )
        return own

    def _stated_lineage(self) -> dict[KeyText, frozenset[KeyText]]:
        """Return the lineage that `internal_asset_deps` states, each key as it was resolved."""
        options, upstream = self._block.options, self._place.upstream
        resolved = {
            said.key_for(argument): upstream[argument]
            for argument, said in self._block.asset_ins.items()
        }
        resolved.update(self._place.deps)
        return {
            self._block.produced[output].key.text: frozenset(
                resolved.get(key, key).text for key in keys
            )
            for output, keys in options.internal_asset_deps.items()
        }

    def code(self, flat: FlatStep) -> StepCode:
        """Return the code of one of its steps."""
        assets = {name: self._produced.get((flat.path, name), ()) for name in flat.op.outs}
        made = (key for keys in assets.values() for key in keys)
        return StepCode(
            op=self._required(flat.op),
            ins={each.name: each.definition for each in flat.inputs},
            lists={each.name: self._list(each) for each in flat.inputs if each.elements},
            outs=flat.outs,
            assets=assets,
            metadata={key: self._said[key.text].metadata for key in made},
            checks={
                name: self._checks[flat.path, name]
                for name in flat.op.outs
                if (flat.path, name) in self._checks
            }
            if self._checks
            else NO_CHECKS,
            observes=self._block.options.observes,
            config=self._config(flat),
            told_inputs=self._told_inputs(flat),
            hooks=self._hooks(flat),
            block=None if self._block.options.is_op_job else self._block,
        )

    def _hooks(self, flat: FlatStep) -> tuple[HookDefinition, ...]:
        if not (self._block.options.hooks or flat.hooks):
            return ()
        return tuple(dict.fromkeys((*self._block.options.hooks, *flat.hooks)))

    def _required(self, op: OpDefinition) -> OpDefinition:
        """Return an op with the resources that its block asks for."""
        more = self._block.options.required_resource_keys - op.resource_params.keys()
        if more <= op.required_resource_keys:
            return op
        return replace(op, required_resource_keys=op.required_resource_keys | more)


def _produced(block: AssetsDefinition) -> _Produced:
    found: dict[tuple[Path, str], list[AssetKey]] = {}
    outputs = block.flat.outputs
    for output, said in block.produced.items():
        ref = outputs[output]
        found.setdefault((ref.path, ref.output), []).append(said.key)
    return {at: tuple(sorted(keys)) for at, keys in found.items()}
