"""What the body of a graph returns, matched to the graph's outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._errors import CompositionError, ConflictError, did_you_mean, listed
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.graphs._composition import Body, uncalled
from treadle.graphs._fan_out_handles import DynamicHandle, direct_use, elements_of
from treadle.graphs._handles import ArgumentRef, Handle, Handles, OutputRef, parts_of
from treadle.ops._annotations import output_type, output_types
from treadle.steps._type_check import can_both_hold, type_name


def returned_outputs(
    body: Body, returned: Any, outs: tuple[str, ...], *, may_fan_out: bool = False
) -> dict[str, OutputRef]:
    """Return which node's output is which output of the graph, in declared order.

    `may_fan_out`: one may be any number of elements, for an outer graph to map or collect.

    Raises:
        CompositionError: the returned value does not match the outputs.
    """
    named = _by_name(body, returned, outs)
    unknown = [name for name in named if name not in outs]
    if unknown:
        raise _error(
            body,
            f"returned output {unknown[0]!r}, which is not declared."
            + did_you_mean(str(unknown[0]), outs),
            f"The declared outputs are {listed(outs)}.",
        )
    missing = [name for name in outs if name not in named]
    if missing:
        raise _error(
            body,
            f"did not return its output {listed(missing)}.",
            "End its body with `return`, and the output of one of its ops."
            if len(outs) == 1
            else "Return a dict with an entry for every output, or do not declare it.",
        )
    return {name: _output(body, name, named[name], may_fan_out=may_fan_out) for name in outs}


def _by_name(body: Body, returned: Any, outs: tuple[str, ...]) -> Mapping[str, Any]:
    if isinstance(returned, Mapping):
        return returned
    if returned is None:
        return {}
    if isinstance(returned, Handles | tuple) and len(outs) != 1:
        parts = tuple(returned)
        if len(parts) != len(outs):
            raise _error(
                body,
                f"returned {len(parts)} outputs, {len(outs)} are declared: {listed(outs)}.",
                "Return a dict that says which is which.",
            )
        return dict(zip(outs, parts, strict=True))
    if len(outs) == 1:
        return {outs[0]: returned}
    raise _error(
        body,
        f"returned a single value, but {len(outs)} outputs are declared: {listed(outs)}.",
        "Return a dict with an entry for every output.",
    )


def _output(body: Body, name: str, value: Any, *, may_fan_out: bool) -> OutputRef:
    if isinstance(value, Handles):
        raise _error(
            body,
            f"returned several outputs as output {name!r}: {listed(parts_of(value))}.",
            "Return one of them, or declare an output for each.",
        )
    if isinstance(value, DynamicHandle):
        if may_fan_out:
            return elements_of(value)
        raise direct_use(value, f"returned as output {name!r}, which is one")
    if not isinstance(value, Handle):
        raise _error(
            body,
            f"returned {in_words(value)} as output {name!r}, which is not an output of an op.",
            uncalled(value)
            or "Return what the call of an op or graph gave. A constant: return it from an op.",
        )
    ref = body.ref(value)
    if isinstance(ref, ArgumentRef):
        raise _error(
            body,
            f"returned its argument {ref.argument!r} as output {name!r}.",
            "Return an output of an op; to store an asset again, pass it through one.",
        )
    levels = body.levels(ref)
    if levels:
        raise CompositionError(
            f"{body.owner} returned {ref} as output {name!r}, of which there is one for each element of"
            f" {levels[-1][0]}.",
            fix="Return what .map(…) gave, and of that .collect().",
            source=user_line(),
            others=(body.invocations[ref.node].source,),
        )
    return OutputRef(*body.gathered(ref)) if ref.collected else ref


def refuse_other_types(body: Body, annotation: Any, mapping: Mapping[str, OutputRef]) -> None:
    """Refuse a graph whose return annotation rules out what its ops give.

    `annotation` is of what is returned as it is: one output, or a tuple of them.

    Raises:
        ConflictError: no value can be of both types.
    """
    if annotation is Any or getattr(annotation, "__module__", "").startswith("treadle"):
        return
    count = len(mapping)
    types = (output_type(annotation),) if count == 1 else output_types(annotation, count)
    for ref, declared in zip(mapping.values(), types, strict=True):
        invocation = body.invocations[ref.node]
        given = invocation.node.output_type(ref.output)
        if not can_both_hold(declared, given):
            raise ConflictError(
                f"{body.owner} is annotated to return {type_name(declared)}, and returns {ref},"
                f" which is {type_name(given)}.",
                fix="Change one of the annotations, or leave one out.",
                source=user_line(),
                others=(invocation.source,),
            )


def _error(body: Body, problem: str, fix: str) -> CompositionError:
    return CompositionError(f"{body.owner} {problem}", fix=fix, source=user_line())
