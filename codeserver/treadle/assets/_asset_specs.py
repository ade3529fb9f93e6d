"""The assets of `@multi_asset(specs=…)`, as outputs that carry nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from treadle._errors import ArgumentError, ConflictError, DuplicateError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_ins_outs import out_of
from treadle.assets._asset_spec import AssetSpec


def of_specs(given: Mapping[str, Any], *, label: str) -> dict[str, Any]:
    """Return what specs stand for: `outs`, `deps` and `internal_asset_deps`.

    Raises:
        DefinitionError: they are none, or one of these is given as well.
    """
    for other in ("outs", "deps", "internal_asset_deps"):
        if given[other]:
            raise ConflictError(
                f"{label} has specs and {other}.",
                fix="Say it in the specs: AssetSpec(key, deps=[…])."
                if other != "outs"
                else "Give one of them.",
                source=user_line(),
            )
    specs = {_name(each, label): each for each in _distinct(given["specs"], label)}
    own = {spec.key for spec in specs.values()}
    deps = dict.fromkeys(key for spec in specs.values() for key in spec.dep_keys if key not in own)
    stated = any(spec.deps for spec in specs.values())
    return {
        "outs": {name: out_of(spec, Nothing, is_required=True) for name, spec in specs.items()},
        "deps": tuple(deps),
        "internal_asset_deps": {name: set(spec.dep_keys) for name, spec in specs.items()}
        if stated
        else None,
    }


def _name(spec: object, label: str) -> str:
    if not isinstance(spec, AssetSpec):
        raise ArgumentError(
            f"{label}: specs has {in_words(spec)}, which is no AssetSpec.",
            fix="Give AssetSpec(key, …).",
            source=user_line(),
        )
    return spec.key.node_name


def _distinct(specs: Iterable[Any], label: str) -> tuple[Any, ...]:
    found = tuple(specs)
    keys = [each.key for each in found if isinstance(each, AssetSpec)]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise DuplicateError(
            f"{label}: specs has {twice.text!r} twice.", fix="Name it once.", source=user_line()
        )
    return found
