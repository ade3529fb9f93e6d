"""What Definitions say of themselves when they are asked, and Definitions made of Definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

from treadle._arguments import checked
from treadle._errors import ArgumentError, ConflictError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckKey
    from treadle.locations._contents import Contents
    from treadle.locations._definitions import Definitions
    from treadle.locations._jobs import AssetJob, SelectionLike
    from treadle_inprocess import JobInProcess


class DefinitionsRead:
    """The methods of `Definitions` that read them, or make others of them, under Dagster's names."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def contents(self) -> Contents: ...

    @property
    def assets(self) -> tuple[AssetsDefinition | AssetSpec, ...]:
        """The blocks that make assets, and the specs."""
        made = (block for block in self.contents.blocks if block.keys)
        return (*made, *self.contents.specs)

    @property
    def asset_checks(self) -> tuple[AssetsDefinition, ...]:
        """The blocks that only check."""
        return tuple(block for block in self.contents.blocks if not block.keys and block.check_keys)

    @property
    def jobs(self) -> tuple[AssetJob, ...]:
        """The jobs."""
        return self.contents.jobs

    @property
    def resources(self) -> Mapping[str, object]:
        """The resources, those that assets bring among them."""
        return dict(self.contents.resources)

    def get_job_def(self, name: str) -> JobInProcess:
        """Return a job of these definitions, to be run in this process.

        Raises:
            ArgumentError: there is no such job.
        """
        from treadle_inprocess import JobInProcess  # noqa: PLC0415 -- what tests alone need

        return JobInProcess(self._whole(), name)

    def resolve_job_def(self, name: str) -> JobInProcess:
        """As `get_job_def`."""
        return self.get_job_def(name)

    def resolve_all_job_defs(self) -> tuple[JobInProcess, ...]:
        """Return all jobs, to be run in this process."""
        return tuple(self.get_job_def(job.name) for job in self.contents.jobs)

    def has_implicit_global_asset_job_def(self) -> bool:
        """Whether there is an asset that could be made."""
        return any(block.keys for block in self.contents.blocks)

    def get_implicit_global_asset_job_def(self) -> JobInProcess:
        """Return the job that makes every asset, to be run in this process."""
        from treadle_inprocess import EVERY_ASSET, JobInProcess  # noqa: PLC0415 -- what tests alone need

        return JobInProcess(self._whole(), EVERY_ASSET)

    def resolve_implicit_global_asset_job_def(self) -> JobInProcess:
        """As `get_implicit_global_asset_job_def`."""
        return self.get_implicit_global_asset_job_def()

    @checked
    def get_assets_def(self, key: KeyLike) -> AssetsDefinition | AssetSpec:
        """Return the block that makes an asset, or the spec that declares it.

        Raises:
            ArgumentError: nothing here does.
        """
        wanted = as_key(key)
        for block in self.contents.blocks:
            if wanted in block.keys:
                return block
        for spec in self.contents.specs:
            if wanted == spec.key:
                return spec
        texts = sorted(each.text for each in self.contents.keys)
        raise ArgumentError(
            f"There is no asset {wanted.text!r} here.{did_you_mean(wanted.text, texts)}",
            fix=f"There are: {listed(texts)}.",
            source=user_line(),
        )

    def resolve_assets_def(self, key: KeyLike) -> AssetsDefinition | AssetSpec:
        """As `get_assets_def`."""
        return self.get_assets_def(key)

    @checked
    def get_asset_checks_def(self, key: AssetCheckKey) -> AssetsDefinition:
        """Return the block that evaluates a check.

        Raises:
            ArgumentError: nothing here does.
        """
        for block in self.contents.blocks:
            if key in block.check_keys:
                return block
        known = sorted(each.text for block in self.contents.blocks for each in block.check_keys)
        raise ArgumentError(
            f"There is no check {key} here.{did_you_mean(str(key), known)}",
            fix=f"There are: {listed(known)}.",
            source=user_line(),
        )

    def resolve_all_asset_specs(self) -> tuple[AssetSpec, ...]:
        """Return what is said of each asset, made here or not, sorted by key."""
        made = [spec for block in self.contents.blocks for spec in block.specs]
        return tuple(sorted((*made, *self.contents.specs), key=lambda spec: spec.key))

    def get_all_asset_specs(self) -> tuple[AssetSpec, ...]:
        """As `resolve_all_asset_specs`."""
        return self.resolve_all_asset_specs()

    def resolve_all_asset_keys(self) -> tuple[AssetKey, ...]:
        """Return the key of each asset, made here or not, sorted."""
        return tuple(sorted(self.contents.keys))

    def get_repository_def(self) -> NoReturn:
        """Refuse: there are no repositories.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            "Definitions have no repository: they are what a code location loads.",
            fix="Ask them themselves: .assets, .get_assets_def(key), .get_job_def(name),"
            " .resolve_all_asset_specs().",
            source=user_line(),
        )

    @staticmethod
    def validate_loadable(defs: object) -> None:
        """Say nothing where `defs` are Definitions: all was checked when they were made.

        Raises:
            ArgumentError: they are no Definitions.
        """
        _checked_definitions(defs, "validate_loadable")

    @staticmethod
    def merge(*def_sets: Definitions) -> Definitions:
        """Join definitions into one. An `AssetSpec` of what another one makes becomes an edge.

        Raises:
            ArgumentError: one of them is no Definitions.
            ConflictError: two give different resources under one key.
            DefinitionError: they cannot work together.
        """
        given = [_checked_definitions(each, "merge") for each in def_sets]
        contents = [each.contents for each in given]
        blocks = [
            block
            for each in contents
            for block in each.given
            if isinstance(block, AssetsDefinition)
        ]
        made = frozenset[AssetKey]().union(*(block.keys for block in blocks))
        specs = {spec.key: spec for each in contents for spec in each.specs if spec.key not in made}
        resources: dict[str, object] = {}
        for each in contents:
            resources = _joined(resources, each.resources)
        return _again(
            given,
            assets=(*blocks, *specs.values()),
            jobs=[job for each in contents for job in each.jobs],
            resources=resources,
        )

    @checked
    def map_asset_specs(
        self,
        *,
        func: Callable[[AssetSpec], AssetSpec],
        selection: SelectionLike | None = None,
    ) -> Definitions:
        """Return the definitions with what `func` makes of the spec of each asset, or each selected one.

        Raises:
            DefinitionError: `func` gives what cannot work, or the selection does not.
        """
        from treadle.assets._changed_blocks import map_asset_specs  # noqa: PLC0415 -- few modules do

        chosen = None if selection is None else self._selected(selection)

        def fn(spec: AssetSpec) -> AssetSpec:
            return func(spec) if chosen is None or spec.key in chosen else spec

        contents = self.contents
        return _again(
            [self._whole()],
            assets=map_asset_specs(fn, contents.given),
            jobs=contents.jobs,
            resources=contents.resources,
        )

    def map_resolved_asset_specs(
        self,
        *,
        func: Callable[[AssetSpec], AssetSpec],
        selection: SelectionLike | None = None,
    ) -> Definitions:
        """As `map_asset_specs`."""
        return self.map_asset_specs(func=func, selection=selection)

    @checked
    def with_resources(self, resources: Mapping[str, Any] | None) -> Definitions:
        """Return the definitions with more resources.

        Raises:
            ConflictError: there is another one under such a key.
            DefinitionError: they cannot work together.
        """
        contents = self.contents
        return _again(
            [self._whole()],
            assets=contents.given,
            jobs=contents.jobs,
            resources=_joined(contents.resources, resources or {}),
        )

    def _selected(self, selection: SelectionLike) -> frozenset[AssetKey]:
        from treadle.locations._jobs import selected_by  # noqa: PLC0415 -- few modules have jobs
        from treadle.selection import AssetGraph, SelectionError, evaluate  # noqa: PLC0415 -- as above

        expression = selected_by(selection, "map_asset_specs")
        try:
            keys = evaluate(expression, AssetGraph.of(self._whole().built.snapshot.assets))
        except SelectionError as error:
            raise ArgumentError(
                f"map_asset_specs: {error}", fix="Correct the selection.", source=user_line()
            ) from error
        return frozenset(map(AssetKey, keys))

    def _whole(self) -> Definitions:
        return cast("Definitions", self)


def _checked_definitions(given: object, owner: str) -> Definitions:
    from treadle.locations._definitions import Definitions  # noqa: PLC0415 -- they derive from what is here

    if isinstance(given, Definitions):
        return given
    raise ArgumentError(
        f"Definitions.{owner}: {in_words(given)} is not Definitions.",
        fix="Give what Definitions(…) made.",
        source=user_line(),
    )


def _joined(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, object]:
    for key, resource in second.items():
        if first.get(key, resource) is not resource:
            raise ConflictError(
                f"There are two different resources under the key {key!r}.",
                fix="Give it once, or rename one of them.",
                source=user_line(),
            )
    return {**first, **second}


def _again(
    parts: Iterable[Definitions],
    *,
    assets: Iterable[AssetsDefinition | AssetSpec],
    jobs: Iterable[AssetJob],
    resources: Mapping[str, object],
) -> Definitions:
    from treadle.locations._definitions import Definitions  # noqa: PLC0415 -- they derive from what is here

    made = Definitions(assets=assets, jobs=jobs, resources=resources)
    object.__setattr__(made, "parts", tuple(parts))
    return made
