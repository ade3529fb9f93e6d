"""Outputs of an op, completed from its return annotation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from treadle._arguments import UNSET
from treadle._errors import ArgumentError, listed
from treadle._names import checked_name
from treadle._output import AssetCheckResult, MaterializeResult, ObserveResult, Output
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.ops._annotations import output_type, output_types
from treadle.ops._ins_outs import DEFAULT_OUTPUT, PLAIN_OUT, Out, typed
from treadle.ops._signatures import is_generator_function
from treadle.steps._type_check import can_both_hold, checked_type, type_name

#: What is said of the outputs of a function that gives nothing but results of checks.
NO_OUT: Final = object()
#: The same of a function that looks at assets of elsewhere.
OBSERVED: Final = object()
NO_CHECKS: Final[Mapping[str, Out]] = {}
#: What a function returns that hands its outputs over one by one, or one with its name.
_HANDING_OVER = (
    Output,
    MaterializeResult,
    ObserveResult,
    AssetCheckResult,
    Iterator,
    AsyncIterator,
)


def resolved_outs(
    fn: Callable[..., Any],
    annotations: Mapping[str, Any],
    out: object,
    *,
    owner: str,
    checks: Mapping[str, Out] = NO_CHECKS,
) -> dict[str, Out]:
    """Return the outputs in declared order, all with a type; then those that give results of checks.

    Raises:
        ArgumentError: `out` is neither an Out nor a mapping of names to them.
        InvalidNameError: an output's name is not valid.
    """
    given = {} if out is NO_OUT or out is OBSERVED else _named(out, owner)
    returned = annotations.get("return", Any)
    if is_generator_function(fn):
        # A generator's annotation says how outputs are handed over, not what they are.
        returned = Any
    if any(each.is_dynamic for each in given.values()):
        returned = _of_element(returned) if len(given) == 1 else Any
    if returned is not Any:
        checked_type(returned, where=f"{owner} is annotated to return")
    if out is OBSERVED:
        _refuse_no_observation(returned, owner)
        return dict(checks)
    if checks:
        returned = _beside_checks(returned, given, checks, owner)
    if len(given) == 1:
        types: tuple[Any, ...] = (Any if returned is Any else output_type(returned),)
    else:
        _refuse_misfit(returned, given, owner)
        types = output_types(returned, len(given))
    for (name, each), inferred in zip(given.items(), types, strict=True):
        _refuse_other_type(name, each, inferred, owner)
    resolved = {
        name: each if each.dagster_type is not UNSET else typed(each, inferred)
        for (name, each), inferred in zip(given.items(), types, strict=True)
    }
    return {**resolved, **checks} if checks else resolved


_VERSIONS: Final = ("DataVersion", "DataVersionsByPartition")


def _refuse_no_observation(returned: Any, owner: str) -> None:
    """Refuse a return annotation that says of no observation."""
    if _may_be_tuple(returned) or getattr(returned, "__name__", "") in _VERSIONS:
        return
    raise ArgumentError(
        f"{owner} observes, and is annotated to return {type_name(returned)}.",
        fix="Return a DataVersion or an ObserveResult, or yield ObserveResults, and annotate it so.",
        source=user_line(),
    )


def _of_element(returned: Any) -> Any:
    """Return the type of the elements of a dynamic output: of `list[DynamicOutput[int]]`, int."""
    elements = get_args(returned)
    if get_origin(returned) is list and elements:
        (returned,) = elements
    kind = get_origin(returned) or returned
    is_dynamic = isinstance(kind, type) and kind.__name__ == "DynamicOutput"
    return next(iter(get_args(returned)), Any) if is_dynamic else Any


def _beside_checks(
    returned: Any, given: Mapping[str, Out], checks: Mapping[str, Out], owner: str
) -> Any:
    """Return what a return annotation says of the outputs that have values, or are assets.

    Raises:
        ArgumentError: it leaves no place for results.
    """
    elements = get_args(returned)
    if get_origin(returned) is tuple and len(elements) == len(given) + len(checks):
        mine = elements[: len(given)]
        if len(mine) < 2:  # noqa: PLR2004 -- a tuple of one is what it holds
            return mine[0] if mine else Any
        return tuple.__class_getitem__(mine)
    if (not given and returned is None) or _may_be_tuple(returned):
        return Any if returned is AssetCheckResult or get_origin(returned) is tuple else returned
    fix = (
        "Return MaterializeResult(value=…, check_results=[AssetCheckResult(…)]), or yield"
        " Output(value), then AssetCheckResult(…) for each."
    )
    raise ArgumentError(
        f"{owner} evaluates {listed(checks)}, and is annotated to return {type_name(returned)}: no"
        " results.",
        fix=fix if given else "Return AssetCheckResult(passed=…), and annotate it so.",
        source=user_line(),
    )


def _refuse_other_type(name: str, out: Out, returned: Any, owner: str) -> None:
    """Refuse an output that is declared as something that the annotation rules out."""
    declared = out.dagster_type
    if (
        declared is UNSET
        or returned is Any
        or _gives_outputs(returned)
        or can_both_hold(declared, returned)
    ):
        return
    raise ArgumentError(
        f"{owner}: output {name!r} is declared {type_name(declared)}, and annotated"
        f" {type_name(returned)}.",
        fix="Change one of them, or leave one out.",
        source=user_line(),
    )


def _gives_outputs(returned: Any) -> bool:
    """Whether the annotation says how outputs are handed over: a generator, or an Output."""
    kind = get_origin(returned) or returned
    return kind is not Any and isinstance(kind, type) and issubclass(kind, _HANDING_OVER)


def _refuse_misfit(returned: Any, given: Mapping[str, Out], owner: str) -> None:
    """Refuse a return annotation that several outputs cannot be: they are returned as a tuple."""
    count = len(given)
    if get_origin(returned) is tuple:
        elements = get_args(returned)
        if len(elements) == count or Ellipsis in elements:
            return
        said = f"a tuple of {len(elements)}"
    elif _may_be_tuple(returned) or all(each.is_nothing for each in given.values()):
        return
    else:
        said = type_name(returned)
    raise ArgumentError(
        f"{owner} has {count} outputs, {listed(given)}, and is annotated to return {said}.",
        fix="Return a tuple with one value for each, in that order, and annotate it so; or"
        " yield Output(…) for each.",
        source=user_line(),
    )


def _may_be_tuple(returned: Any) -> bool:
    """Whether a value of the annotation may be a tuple, an Output, or a generator of them."""
    if get_origin(returned) in (Union, UnionType):
        return any(_may_be_tuple(each) for each in get_args(returned))
    kind = get_origin(returned) or returned
    if kind is Annotated:
        return _may_be_tuple(get_args(returned)[0])
    if returned is None or returned is NoneType or kind is Literal:
        return False
    if kind is Any or not isinstance(kind, type):
        return True
    return issubclass(kind, (tuple, *_HANDING_OVER)) or issubclass(tuple, kind)


def _named(out: object, owner: str) -> dict[str, Out]:
    if out is None:
        return {DEFAULT_OUTPUT: PLAIN_OUT}
    if isinstance(out, Out):
        return {DEFAULT_OUTPUT: out}
    if not isinstance(out, Mapping) or not out:
        raise ArgumentError(
            f"{owner}: out is {in_words(out)}, and neither an Out nor a mapping of names to Outs.",
            fix="Give Out(…), or {name: Out(…)} with at least one name.",
            source=user_line(),
        )
    for name, each in out.items():
        checked_name(name, what=f"{owner}: output")
        if not isinstance(each, Out):
            raise ArgumentError(
                f"{owner}: output {name!r} is {in_words(each)}, and no Out.",
                fix=f"Write {name!r}: Out(…).",
                source=user_line(),
            )
    return dict(out)
