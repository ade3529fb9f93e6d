"""DagsterType: a type of the user's, which a function checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, overload

from treadle._arguments import checked, checked_init, refuse_unsupported
from treadle._errors import ArgumentError, TreadleError, listed
from treadle._metadata import kept_entries
from treadle._names import NO_NAMES
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import a, in_words
from treadle.ops._signatures import ParameterKind, parameters_of
from treadle.steps._resources import Resources
from treadle.steps._type_check import type_name
from treadle.types._mismatch import mismatch
from treadle.types._own_types import let_stand_for, own_type
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.value import MetadataEntry

if TYPE_CHECKING:
    import logging

    from treadle.types._loader import DagsterTypeLoader

Cls = TypeVar("Cls", bound=type)


class TypeCheckFunctionError(TreadleError, TypeError):
    """The function that checks a type said neither yes nor no."""


@dataclass(frozen=True, slots=True)
class TypeCheck:
    """What a check of a type found. Metadata that cannot be kept is left out, and a warning says why."""

    success: bool
    description: str | None = None
    metadata: Mapping[str, Any] | None = None

    @property
    def entries(self) -> tuple[MetadataEntry, ...]:
        """The metadata as it is kept."""
        return kept_entries(self.metadata, owner="TypeCheck") if self.metadata else ()


@dataclass(slots=True, kw_only=True, eq=False)
class TypeCheckContext:
    """What a function that checks a type may know of the step. `resources` are those that its type names."""

    run_id: str = "EPHEMERAL"
    resources: Resources
    dagster_type: DagsterType

    @property
    def log(self) -> logging.Logger:
        """The step's logger; its records go to the run."""
        from treadle.steps._step_logger import step_logger  # noqa: PLC0415 -- logging is not what a start waits for

        return step_logger()


TypeCheckFn: TypeAlias = Callable[[TypeCheckContext, Any], TypeCheck | bool]


@checked_init
class DagsterType:
    """A type that a function checks: it takes a context and a value, and says whether that is of it.

    `key` tells types apart that have one name, `typing_type` is what type checkers of Python
    see. `metadata` is about the type. The parameters are Dagster's, but for `is_builtin` and `kind`.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        type_check_fn: TypeCheckFn,
        key: str | None = None,
        name: str | None = None,
        is_builtin: bool = False,
        description: str | None = None,
        loader: DagsterTypeLoader | None = None,
        required_resource_keys: AbstractSet[str] | None = None,
        kind: object = None,
        typing_type: Any = Any,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        refuse_unsupported("DagsterType", {"is_builtin": is_builtin, "kind": kind})
        called = name or key
        if not called:
            raise _refused("DagsterType has no name.", "Give name='…'.")
        self.name = name
        self.key = key or called
        self.display_name = called
        self.description = description
        self.loader = _checked_loader(loader, called)
        self.required_resource_keys = frozenset(required_resource_keys or NO_NAMES)
        self.typing_type = typing_type
        self.metadata = dict(metadata or {})
        self.source = user_line()
        self._check = _checked_fn(type_check_fn, called)

    @property
    def unique_name(self) -> str:
        """Its key."""
        return self.key

    def type_check(self, context: TypeCheckContext, value: object) -> TypeCheck:
        """Check a value.

        Raises:
            TypeCheckFunctionError: the function returned neither a truth value nor a TypeCheck.
            Exception: it raised.
        """
        told = self._check(context, value)
        if isinstance(told, TypeCheck):
            return told
        if isinstance(told, bool):
            return TypeCheck(told)
        raise TypeCheckFunctionError(
            f"The check of type {self.display_name!r} returned {a(type(told).__name__)}. Return True,"
            " False or TypeCheck(success=…)."
        )

    def type_check_with(
        self, value: object, resources: Mapping[str, Any] | None = None, run_id: str = "EPHEMERAL"
    ) -> TypeCheck:
        """Check a value with these of all resources that it names."""
        given = resources or {}
        found = {key: given[key] for key in self.required_resource_keys}
        context = TypeCheckContext(run_id=run_id, resources=Resources(found), dagster_type=self)
        return self.type_check(context, value)

    def __repr__(self) -> str:
        return self.display_name


class PythonObjectDagsterType(DagsterType):
    """A type whose values are the instances of a class, or of one of several."""

    def __init__(
        self,
        python_type: type | tuple[type, ...],
        key: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        classes = python_type if isinstance(python_type, tuple) else (python_type,)
        if not classes or not all(isinstance(each, type) for each in classes):
            raise _refused(
                f"PythonObjectDagsterType: python_type is {in_words(python_type)}.",
                "Give a class, or a tuple of classes.",
            )
        self.python_type = python_type
        names = [each.__name__ for each in classes]

        def is_instance(_: TypeCheckContext, value: object) -> TypeCheck:
            if isinstance(value, classes):
                return TypeCheck(True)
            return TypeCheck(False, f"It must be {' or '.join(map(a, names))}.")

        described = {"name": name or "_or_".join(names), "typing_type": python_type, **kwargs}
        super().__init__(is_instance, key=key, **described)


@overload
def usable_as_dagster_type(name: Cls) -> Cls: ...


@overload
def usable_as_dagster_type(
    name: str | None = None,
    description: str | None = None,
    loader: DagsterTypeLoader | None = None,
) -> Callable[[Cls], Cls]: ...


@checked
def usable_as_dagster_type(
    name: Any = None,
    description: str | None = None,
    loader: DagsterTypeLoader | None = None,
) -> Any:
    """Say of a class what it is called as a type, and how config gives a value of it.

    Raises:
        ArgumentError: it does not stand over a class.
    """

    def decorate(cls: Cls) -> Cls:
        called = name if isinstance(name, str) else None
        made = PythonObjectDagsterType(cls, name=called, description=description, loader=loader)
        let_stand_for(cls, made)
        return cls

    return decorate(name) if isinstance(name, type) else decorate


@checked
def make_python_type_usable_as_dagster_type(
    python_type: type[Any], dagster_type: DagsterType
) -> None:
    """Have a class, which may be somebody else's, stand for a type wherever it is declared.

    Raises:
        ArgumentError: they are not a class and a DagsterType, or the class stands for another one.
    """
    owner = "make_python_type_usable_as_dagster_type"
    given: tuple[Any, Any] = python_type, dagster_type
    if not isinstance(given[0], type) or not isinstance(given[1], DagsterType):
        raise _refused(
            f"{owner} was given {in_words(given[0])} and {in_words(given[1])}.",
            "Give a class, and a DagsterType.",
        )
    before = own_type(python_type)
    # A module that is imported once more makes its types once more.
    if before is not None and before.source != dagster_type.source:
        raise _refused(
            f"{owner}: the class {python_type.__name__} stands for {before.display_name!r} already.",
            "Make one DagsterType of it, in a module that all others import.",
        )
    let_stand_for(python_type, dagster_type)


def check_dagster_type(dagster_type: Any, value: object) -> TypeCheck:
    """Check a value as at the boundary of an op, in a test. Any annotation is a type, too.

    Raises:
        ArgumentError: the type asks for resources.
    """
    own = own_type(dagster_type)
    if own is not None:
        if own.required_resource_keys:
            raise _refused(
                f"The type {own.display_name!r} asks for {listed(sorted(own.required_resource_keys))}.",
                "Call its own function, or run an op: materialize_to_memory([…], resources={…}).",
            )
        return own.type_check_with(value)
    found = mismatch(value, dagster_type, check=DagsterType.type_check_with)
    if found is None:
        return TypeCheck(True)
    from treadle.types._told import told  # noqa: PLC0415 -- what succeeds needs nothing of it

    return TypeCheck(False, told(found, name="value", what="the value").capitalize() + ".")


def dagster_type_of(declared: Any) -> DagsterType:
    """Return the DagsterType that a declared type is or stands for; of another one, a DagsterType that holds for it."""
    return own_type(declared) or _of_annotation(declared)


@lru_cache(maxsize=256)
def _of_annotation(declared: Any) -> DagsterType:
    return DagsterType(
        lambda _, value: mismatch(value, declared, check=DagsterType.type_check_with) is None,
        name=_BUILTIN.get(declared) or type_name(declared),
        typing_type=declared,
    )


#: What Dagster calls its own types.
_BUILTIN: Final = {
    Any: "Any",
    bool: "Bool",
    float: "Float",
    int: "Int",
    str: "String",
    Nothing: "Nothing",
}


def _checked_fn(type_check_fn: object, name: str) -> TypeCheckFn:
    if not callable(type_check_fn):
        raise _refused(
            f"DagsterType {name!r}: type_check_fn is {in_words(type_check_fn)}.",
            "Give a function of the context and the value.",
        )
    positional = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)
    try:
        parameters = parameters_of(type_check_fn)
    except (TypeError, ValueError):
        return type_check_fn
    takes = [each for each in parameters if each.kind in positional]
    is_open = any(each.kind is ParameterKind.VAR_POSITIONAL for each in parameters)
    needed = [each for each in takes if not each.has_default]
    if (len(takes) < len(("context", "value")) and not is_open) or len(needed) > len(
        ("context", "value")
    ):
        raise _refused(
            f"DagsterType {name!r}: type_check_fn is called with the context and the value, and does"
            " not take just these.",
            "Write lambda _, value: …",
        )
    return type_check_fn


def _checked_loader(loader: object, name: str) -> DagsterTypeLoader | None:
    if loader is None or hasattr(type(loader), "load"):
        return loader  # type: ignore[return-value]  # just looked at
    raise _refused(
        f"DagsterType {name!r}: loader is {in_words(loader)}.",
        "Give what @dagster_type_loader made.",
    )


def _refused(problem: str, fix: str) -> ArgumentError:
    return ArgumentError(problem, fix=fix, source=user_line())
