"""Outputs of an op, completed from its return annotation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from treadle._annotations import output_type, output_types
from treadle._arguments import UNSET
from treadle._errors import ArgumentError
from treadle._ins_outs import DEFAULT_OUTPUT, Out
from treadle._names import checked_name
from treadle._source import user_line


def resolved_outs(
    fn: Callable[..., Any],
    annotations: Mapping[str, Any],
    out: object,
    *,
    owner: str,
) -> dict[str, Out]:
    """Return the outputs in declared order, all with a type.

    Raises:
        ArgumentError: `out` is neither an Out nor a mapping of names to them.
        InvalidNameError: an output's name is not valid.
    """
    given = _named(out, owner)
    returned = annotations.get("return", Any)
    if inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn):
        # A generator's annotation says how outputs are handed over, not what they are.
        returned = Any
    if len(given) == 1:
        types: tuple[Any, ...] = (output_type(returned),)
    else:
        types = output_types(returned, len(given))
    return {
        name: each if each.dagster_type is not UNSET else replace(each, dagster_type=inferred)
        for (name, each), inferred in zip(given.items(), types, strict=True)
    }


def _named(out: object, owner: str) -> dict[str, Out]:
    if out is None:
        return {DEFAULT_OUTPUT: Out()}
    if isinstance(out, Out):
        return {DEFAULT_OUTPUT: out}
    if not isinstance(out, Mapping) or not out:
        raise ArgumentError(
            f"{owner}: out={out!r} is no Out and no mapping of names to Outs.",
            fix="Give Out(…), or {name: Out(…)} with at least one name.",
            source=user_line(),
        )
    for name, each in out.items():
        checked_name(name, what=f"{owner}: output")
        if not isinstance(each, Out):
            raise ArgumentError(
                f"{owner}: output {name!r} is {each!r}, which is no Out.",
                fix=f"Write {name!r}: Out(…).",
                source=user_line(),
            )
    return dict(out)
