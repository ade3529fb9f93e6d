"""SourceAsset: an asset from outside, with the IO manager that loads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from treadle._arguments import checked_init, refuse_unsupported
from treadle._errors import ArgumentError, ConflictError
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line
from treadle.assets._asset_spec import IO_MANAGER_KEY, AssetSpec
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle_contract.lazy_dataclasses import dataclass, field, field_names, replace

if TYPE_CHECKING:
    from treadle.assets._assets import AssetsDefinition
    from treadle.partitions._definition import PartitionsDefinition

_OBSERVING: Final = "treadle.assets._observing"


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class SourceAsset(AssetSpec):
    """Dagster's older form of an `AssetSpec` that something else makes: `io_manager_key` loads it.

    `io_manager_def` is such a manager itself, under a key of its own. `observe_fn` looks at it, as the
    function of an `@observable_source_asset` does, with `op_tags`.
    """

    resource_defs: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    observer: AssetsDefinition | None = field(default=None, compare=False, repr=False)

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        key: KeyLike,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: Any = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        observe_fn: Callable[..., Any] | None = None,
        op_tags: Mapping[str, Any] | None = None,
        auto_observe_interval_minutes: object = None,
        freshness_policy: object = None,
        automation_condition: object = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        unsupported = {
            "auto_observe_interval_minutes": auto_observe_interval_minutes,
            "freshness_policy": freshness_policy,
            "automation_condition": automation_condition,
        }
        refuse_unsupported("SourceAsset", unsupported)
        resources = dict(resource_defs or {})
        if io_manager_def is not None:
            if io_manager_key is not None:
                raise ConflictError(
                    f"SourceAsset {as_key(key).text!r} has io_manager_def and io_manager_key.",
                    fix="Give one of them.",
                    source=user_line(),
                )
            io_manager_key = f"{as_key(key).node_name}__{DEFAULT_IO_MANAGER}"
            resources[io_manager_key] = io_manager_def
        told = {} if io_manager_key is None else {IO_MANAGER_KEY: io_manager_key}
        AssetSpec.__init__(
            self,
            key,
            metadata={**(metadata or {}), **told},
            description=description,
            group_name=group_name,
            tags=tags,
            partitions_def=partitions_def,
        )
        object.__setattr__(self, "resource_defs", resources)
        object.__setattr__(self, "observer", None)
        if observe_fn is not None:
            object.__setattr__(self, "observer", self._observed(observe_fn, op_tags))
        elif op_tags:
            raise ArgumentError(
                f"SourceAsset {self.key.text!r} has op_tags, and no function that they are of.",
                fix="Give observe_fn, or leave op_tags out.",
                source=user_line(),
            )

    def _observed(
        self, fn: Callable[..., Any], op_tags: Mapping[str, Any] | None
    ) -> AssetsDefinition:
        from treadle.assets._observing import observer_of  # noqa: PLC0415 -- few are looked at

        return observer_of(self, fn, {"op_tags": op_tags}, label="SourceAsset")

    @property
    def is_observable(self) -> bool:
        """Whether a function looks at it."""
        return self.observer is not None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function that looks at it.

        Raises:
            ArgumentError: there is none.
        """
        if self.observer is None:
            raise ArgumentError(
                f"SourceAsset {self.key.text!r} was called, and no function looks at it.",
                fix="Name it in deps=[…], or as an argument: something else makes it.",
                source=user_line(),
            )
        return self.observer(*args, **kwargs)

    def _following(self, key: AssetKey) -> dict[str, Any]:
        if self.observer is None:
            return {}
        from treadle.assets._observing import renamed  # noqa: PLC0415 -- few are looked at

        return {"observer": renamed(self.observer, self.key, key)}


def as_source(spec: AssetSpec) -> SourceAsset:
    """Return a spec as a `SourceAsset`."""
    named = {each: getattr(spec, each) for each in field_names(AssetSpec) or ()}
    return replace(SourceAsset(spec.key), **named)


def unfolded(things: Iterable[Any]) -> Iterator[Any]:
    """Yield the things, in the place of assets that one function looks at each of them."""
    for each in things:
        # What it is called is enough to know it by: few modules need more than a look.
        if type(each).__name__ == "ObservableAssets" and type(each).__module__ == _OBSERVING:
            yield from each.specs
        else:
            yield each
