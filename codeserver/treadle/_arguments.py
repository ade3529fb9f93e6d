"""Arguments of the authoring API: unknown ones and unsupported ones are refused where written."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, ParamSpec, TypeVar, final

from treadle._dagster_names import instead_of_unsupported, replacement
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle._value_words import in_words, is_definition
from treadle.ops._signatures import ParameterKind, parameters_of

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@final
class Unset:
    """The type of `UNSET`, which stands for an argument that was not given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset()

#: By annotation, what an argument must be, and what to say of one that is not.
_PLAIN: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "bool": (bool, "neither True nor False"),
    "str": (str, "not text"),
    "str | None": ((str, type(None)), "not text"),
}
#: What no value is of: there is no such argument.
_NO_KINDS: Final = ()
_WRITTEN: Final = (bool, int, float, complex, str, bytes, type(None))
#: What to give for arguments that cannot well be left out.
_GIVE: Final = {"output_name": "Give the output's name, as text: a key of outs=… or out=…."}
_MAPPING: Final = re.compile(r"Mapping\[str, (?P<value>\w+).*\](?P<optional> \| None)?")
_LIST: Final = re.compile(r"(Iterable|Sequence)\[.*\] \| None")
#: What the values of such a mapping are, where they are instances of a class of ours.
_ENTRIES: Final = frozenset({"In", "Out", "GraphIn", "GraphOut", "AssetIn", "AssetOut"})
#: What a parameter takes that stands for something that is not there yet.
_NOT_YET: Final = "object"
_BY_NAME: Final = (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)
#: The parameter of a decorator that is the function itself.
_FUNCTIONS: Final = ("compute_fn", "compose_fn", "hook_fn")


def checked(function: Callable[P, R], *, label: str | None = None) -> Callable[P, R]:
    """Make a call with arguments that the function does not take an ArgumentError.

    Nor does it take anything but text, a truth value, a mapping, a list or several texts where one of
    these is declared: "no" would be true, and "db" the two texts "d" and "b". What else an
    argument must be is checked where it is used.
    """
    name = label or function.__name__
    parameters = parameters_of(function)
    if any(each.kind is ParameterKind.VAR_POSITIONAL for each in parameters):
        return _named_alone(function, name)
    declared = {each.name: str(function.__annotations__.get(each.name)) for each in parameters}
    required = {each.name for each in parameters if not each.has_default}
    places = [each.name for each in parameters if each.kind is not ParameterKind.KEYWORD_ONLY]
    right = {each: _right_kinds(said) for each, said in declared.items()}

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given = dict(zip(places, args, strict=False)) if args else {}
        if kwargs:
            given.update(kwargs)
        # One that is given twice, or has no place, is missing in the count.
        if len(given) < len(args) + len(kwargs) or not (given.keys() >= required):
            raise _misfit(name, function, args, kwargs)
        for argument, value in given.items():
            kinds = right.get(argument, _NO_KINDS)
            if kinds is not None and type(value) not in kinds:
                if not declared.keys() >= given.keys():
                    raise _misfit(name, function, args, kwargs)
                for each in filter(given.__contains__, declared):
                    _check(name, each, given[each], declared[each])
                break
        return function(*args, **kwargs)

    return call


def _named_alone(function: Callable[P, R], name: str) -> Callable[P, R]:
    """Hold the names alone of what a function is given that takes any number by position."""
    by_name = {each.name for each in parameters_of(function) if each.kind in _BY_NAME}

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not (kwargs.keys() <= by_name):
            raise _misfit(name, function, args, kwargs)
        return function(*args, **kwargs)

    return call


def _right_kinds(declared: str) -> tuple[type, ...] | None:
    """Return the types of which a value needs no further look; None where any value will do."""
    if declared in _PLAIN:
        kinds, _ = _PLAIN[declared]
        return kinds if isinstance(kinds, tuple) else (kinds,)
    if mapping := _MAPPING.fullmatch(declared):
        left_out = (type(None),) if mapping["optional"] else ()
        return left_out if mapping["value"] in _ENTRIES else (*left_out, dict)
    if _LIST.fullmatch(declared):
        return (type(None), list, tuple)
    return (type(None),) if declared.startswith("AbstractSet[str]") else None


def checked_init(cls: type[T]) -> type[T]:
    """Make a construction with arguments that the class does not take an ArgumentError."""
    init: Callable[..., None] = cls.__init__
    setattr(cls, "__init__", checked(init, label=cls.__name__))  # noqa: B010 -- mypy minds the plain form
    return cls


def made(cls: type[T], *args: Any, **kwargs: Any) -> T:
    """Make an instance of a checked class with arguments of ours, which fit."""
    instance = object.__new__(cls)
    init: Any = cls.__init__
    init.__wrapped__(instance, *args, **kwargs)
    return instance


def filled(cls: type[T], **fields: Any) -> T:
    """Make an instance of its fields, all of them, where the constructor takes other arguments."""
    instance = object.__new__(cls)
    put = object.__setattr__
    for name, value in fields.items():
        put(instance, name, value)
    return instance


def refuse_unsupported(owner: str, arguments: Mapping[str, object]) -> None:
    """Refuse arguments of Dagster's that are not supported yet, unless at their default.

    The defaults of all of them are None, False or UNSET.

    Raises:
        ArgumentError: one of them has another value.
    """
    for name, value in arguments.items():
        if value is not None and not _is_left_out(value):
            from treadle._meaningless import meaningless  # noqa: PLC0415 -- not what a start waits for

            raise ArgumentError(
                f"{owner}({name}=…) is not supported yet.",
                fix=meaningless(owner, name) or instead_of_unsupported(name),
                source=user_line(),
            )


def _is_left_out(value: object) -> bool:
    if isinstance(value, list | tuple | dict | set | frozenset):
        return not value
    return value is None or value is False or value is UNSET


def _check(name: str, argument: str, value: object, declared: str) -> None:
    if declared in _PLAIN:
        kind, problem = _PLAIN[declared]
        if not isinstance(value, kind):
            said, fix = (
                in_words(value),
                _GIVE.get(argument, f"Correct it, or leave {argument!r} out."),
            )
            # Only what is written as it stands reads well behind "=".
            given = f"={said}" if isinstance(value, _WRITTEN) else f" is {said}, which"
            raise _refused(f"{name}: {argument}{given} is {problem}.", fix)
    elif mapping := _MAPPING.fullmatch(declared):
        if value is None and mapping["optional"]:
            return
        _check_mapping(f"{name}: {argument}", value, mapping["value"])
    elif _LIST.fullmatch(declared) and value is not None:
        refuse_no_list(f"{name}: {argument}", value)
    elif declared.startswith("AbstractSet[str]") and value is not None:
        _check_texts(f"{name}: {argument}", value)


def refuse_no_list(where: str, value: object) -> None:
    """Refuse what is not several things: of one text, each letter would be one of them.

    Raises:
        ArgumentError: it is a text, or cannot be gone through.
    """
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        one = f": [{value!r}]" if isinstance(value, str) else ""
        raise _refused(
            f"{where}={in_words(value)} is not a list.", f"Give a list, even of one{one}."
        )


def _check_mapping(where: str, value: object, entry: str) -> None:
    of = f"{entry}(…)" if entry in _ENTRIES else "value"
    if not isinstance(value, Mapping):
        raise _refused(f"{where} is {in_words(value)}, and no mapping.", f"Give {{name: {of}}}.")
    if entry not in _ENTRIES:
        return
    for name, each in value.items():
        if not any(base.__name__ == entry for base in type(each).__mro__):
            write = of
            if isinstance(each, type):
                write = f"{entry}()" if each.__name__ == entry else f"{entry}({each.__name__})"
            raise _refused(
                f"{where}[{name!r}] is {in_words(each)}, and no {entry}.",
                f"Write {name!r}: {write}.",
            )


def _check_texts(where: str, value: object) -> None:
    if isinstance(value, str):
        raise _refused(
            f"{where}={value!r} is one text.", f"Give a set, even of one: {{{value!r}}}."
        )
    if not isinstance(value, AbstractSet | Sequence):
        raise _refused(f"{where} is {in_words(value)}, and no set of texts.", "Give {'name', …}.")
    wrong = next((each for each in value if not isinstance(each, str)), None)
    if wrong is not None:
        raise _refused(f"{where} has {in_words(wrong)}, which is not text.", "Give {'name', …}.")


def _misfit(
    name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, object]
) -> ArgumentError:
    parameters = parameters_of(function)
    names = [each.name for each in parameters]
    known = [
        each
        for each in names
        if each not in ("self", *_FUNCTIONS) and function.__annotations__.get(each) != _NOT_YET
    ]
    fix = f"It takes {listed(known)}."
    unknown = [argument for argument in kwargs if argument not in names]
    if unknown:
        from treadle._meaningless import meaningless  # noqa: PLC0415 -- not what a start waits for

        said = meaningless(name, unknown[0])
        said = said or replacement(unknown[0], kwargs[unknown[0]], known)
        if said is not None:
            return _refused(f"{name}() takes no argument {unknown[0]!r}.", said)
        hint = did_you_mean(unknown[0], known)
        return _refused(f"{name}() takes no argument {unknown[0]!r}.{hint}", fix)
    is_by_name = all(each.kind is ParameterKind.KEYWORD_ONLY for each in parameters)
    if is_by_name and args and callable(args[0]):
        first = next((each.name for each in parameters if not each.has_default), "")
        if is_definition(args[0]):
            problem = f"@{name} was given {in_words(args[0])} by position."
            return _refused(problem, f"Write {first or 'it'}=….")
        write = "outs=…" if "outs" in names else f"{first}=…" if first else ""
        return _refused(f"@{name} is written without brackets.", f"Write @{name}({write}).")
    return _refused(f"{name}(): {_python_says(function, args, kwargs)}.", fix)


def _python_says(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, object]
) -> str:
    from inspect import signature  # noqa: PLC0415 -- not what a start waits for

    try:
        signature(function).bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    raise AssertionError("the arguments fit")


def _refused(problem: str, fix: str) -> ArgumentError:
    return ArgumentError(problem, fix=fix, source=user_line())
