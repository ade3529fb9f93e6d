"""success_hook and failure_hook: what makes a hook of a function."""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, overload

from treadle._arguments import checked, checked_init
from treadle._errors import ArgumentError
from treadle._names import NO_NAMES, checked_name
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.hooks._hook_context import HookContext, bound
from treadle.locations.snapshot import SourceLine
from treadle.ops._functions import checked_function, name_of
from treadle.ops._signatures import ParameterKind, is_generator_function, parameters_of
from treadle_contract.lazy_dataclasses import dataclass

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)


class HookTrigger(StrEnum):
    """What a hook waits for."""

    SUCCESS = "success"
    """The step succeeded."""
    FAILURE = "failure"
    """The step failed, and is not tried again."""


@checked_init
@dataclass(frozen=True, slots=True, init=False, eq=False)
class HookDefinition:
    """A function that runs when a step ends in some way. `success_hook` and `failure_hook` make it."""

    name: str
    fn: Callable[[HookContext], Any]
    trigger: HookTrigger
    required_resource_keys: AbstractSet[str]
    source: SourceLine

    def __init__(
        self,
        *,
        name: str,
        fn: Callable[[HookContext], Any],
        trigger: HookTrigger,
        required_resource_keys: AbstractSet[str],
        source: SourceLine,
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "fn", fn)
        put(self, "trigger", trigger)
        put(self, "required_resource_keys", required_resource_keys)
        put(self, "source", source)

    @property
    def decorated_fn(self) -> Callable[[HookContext], Any]:
        """The function, by Dagster's name."""
        return self.fn

    def __call__(self, *args: Any) -> Any:
        """Call the function with the context that `build_hook_context` made, in a test.

        As a decorator over a job or a graph, give it the hook.

        Raises:
            ArgumentError: it is called with anything else.
        """
        given = args[0] if len(args) == 1 else None
        if isinstance(given, HookContext):
            return self.fn(bound(given, self))
        with_hooks = getattr(given, "with_hooks", None)
        if with_hooks is not None:
            return with_hooks({self})
        what = in_words(given) if len(args) == 1 else f"{len(args)} arguments"
        raise ArgumentError(
            f"The hook {self.name!r} was called with {what}.",
            fix=f"In a test, write {self.name}(build_hook_context(…)).",
            source=user_line(),
        )


@overload
def success_hook(hook_fn: Callable[[HookContext], Any]) -> HookDefinition: ...


@overload
def success_hook(
    hook_fn: None = None,
    *,
    name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
) -> Callable[[Callable[[HookContext], Any]], HookDefinition]: ...


@checked
def success_hook(
    hook_fn: Callable[[HookContext], Any] | None = None,
    *,
    name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    """Make a hook of a function that runs in the process of each step that has succeeded.

    What the step made is stored by then. What the function raises is told, and changes nothing.

    Raises:
        DefinitionError: the function does not take one argument, or an argument is wrong.
    """
    return _hook("@success_hook", HookTrigger.SUCCESS, hook_fn, name, required_resource_keys)


@overload
def failure_hook(name: Callable[[HookContext], Any]) -> HookDefinition: ...


@overload
def failure_hook(
    name: str | None = None, *, required_resource_keys: AbstractSet[str] | None = None
) -> Callable[[Callable[[HookContext], Any]], HookDefinition]: ...


@checked
def failure_hook(
    name: Callable[[HookContext], Any] | str | None = None,
    *,
    required_resource_keys: AbstractSet[str] | None = None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    """Make a hook of a function that runs in the process of each step that failed and is not tried again.

    Whatever ends the process (a timeout, a signal, `os._exit`) leaves nothing that it could run in.

    Raises:
        DefinitionError: the function does not take one argument, or an argument is wrong.
    """
    label, on = "@failure_hook", HookTrigger.FAILURE
    if callable(name):
        return _hook(label, on, name, None, required_resource_keys)
    return _hook(label, on, None, name, required_resource_keys)


def _hook(
    label: str,
    trigger: HookTrigger,
    hook_fn: Callable[[HookContext], Any] | None,
    name: str | None,
    required_resource_keys: AbstractSet[str] | None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    def decorate(fn: Callable[[HookContext], Any]) -> HookDefinition:
        fn = checked_function(fn, label=label, name=name)
        hook_name = checked_name(name or name_of(fn), what=f"{label} name")
        _refuse_misfit(fn, f"{label} {hook_name!r}")
        return HookDefinition(
            name=hook_name,
            fn=fn,
            trigger=trigger,
            required_resource_keys=frozenset(required_resource_keys or NO_NAMES),
            source=user_line(),
        )

    return decorate if hook_fn is None else decorate(hook_fn)


def _refuse_misfit(fn: Callable[..., Any], owner: str) -> None:
    parameters = parameters_of(fn)
    takes = [each for each in parameters if each.kind in _POSITIONAL]
    needed = [each for each in parameters if not each.has_default and each.kind in _POSITIONAL]
    named = [
        each
        for each in parameters
        if each.kind is ParameterKind.KEYWORD_ONLY and not each.has_default
    ]
    if not takes or len(needed) > 1 or named:
        raise ArgumentError(
            f"{owner} is called with one argument, its context, and does not take just that.",
            fix="Write def …(context). A resource is context.resources.NAME, of"
            " required_resource_keys={NAME}.",
            source=user_line(),
        )
    if is_generator_function(fn) or _is_async(fn):
        raise ArgumentError(
            f"{owner} stands over a generator or an async function, whose body a call does not run.",
            fix="Write a plain function; asyncio.run(…) runs what is async.",
            source=user_line(),
        )


def _is_async(fn: Callable[..., Any]) -> bool:
    from inspect import iscoroutinefunction  # noqa: PLC0415 -- few modules have hooks

    return iscoroutinefunction(fn)


def hooks_in(given: object, *, owner: str) -> tuple[HookDefinition, ...]:
    """Return the hooks that were given, in an order of their own: a set has none.

    Raises:
        ArgumentError: something in it is no hook, or it is no set or list.
    """
    if isinstance(given, str | bytes) or not isinstance(given, Collection):
        raise ArgumentError(
            f"{owner} is {in_words(given)}.",
            fix="Give a set: {my_hook}.",
            source=user_line(),
        )
    for each in given:
        if not isinstance(each, HookDefinition):
            raise ArgumentError(
                f"{owner} has {in_words(each)}, which is no hook.",
                fix="Decorate the function with @success_hook or @failure_hook.",
                source=user_line(),
            )
    return tuple(sorted(dict.fromkeys(given), key=lambda hook: hook.name))
