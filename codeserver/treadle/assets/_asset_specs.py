"""The assets of `@multi_asset(specs=…)`, as outputs that carry nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from treadle._errors import ArgumentError, ConflictError, DuplicateError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_ins_outs import out_of
from treadle.assets._asset_spec import AssetSpec

_IN_SPECS: Final = "Say it in the specs: AssetSpec(key, deps=[…])."
_STORED: Final = "Leave it out: the function stores these assets itself."
_SAID_OTHERWISE: Final = {
    "outs": "Give one of them.",
    "deps": _IN_SPECS,
    "internal_asset_deps": _IN_SPECS,
    "io_manager_key": _STORED,
    "io_manager_def": _STORED,
    "keep_versions": _STORED,
}


def of_specs(given: Mapping[str, Any], *, label: str) -> dict[str, Any]:
    """Return what specs stand for: `outs`, `deps` and `internal_asset_deps`.

    Raises:
        DefinitionError: they are none, or one of these is given as well.
    """
    for other in _SAID_OTHERWISE:
        if given[other]:
            raise ConflictError(
                f"{label} has specs and {other}.",
                fix=_SAID_OTHERWISE[other],
                source=user_line(),
            )
    specs = specs_by_output(given["specs"], label=label)
    own = {spec.key for spec in specs.values()}
    deps = [dep for spec in specs.values() for dep in spec.deps if dep.asset_key not in own]
    stated = any(spec.deps for spec in specs.values())
    return {
        "outs": {name: out_of(spec, Nothing, is_required=True) for name, spec in specs.items()},
        "deps": tuple(dict.fromkeys(deps)),
        "internal_asset_deps": {name: set(spec.dep_keys) for name, spec in specs.items()}
        if stated
        else None,
    }


def specs_by_output(specs: Iterable[Any], *, label: str) -> dict[str, AssetSpec]:
    """Return specs by the outputs that are called after them.

    Raises:
        ArgumentError: something else is given.
        DuplicateError: an asset is named twice.
    """
    return {_name(each, label): each for each in _distinct(specs, label)}


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
