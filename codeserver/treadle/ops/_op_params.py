"""Parameters of an op's function, told apart: the context, config, resources and inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from treadle._arguments import UNSET
from treadle._errors import ArgumentError, did_you_mean, inputs_in_words
from treadle._names import MOST_NAME_BYTES, checked_name, too_long
from treadle._source import user_line
from treadle._value_words import a, in_words
from treadle.ops._ins_outs import In
from treadle.ops._resource import resource_type
from treadle.ops._signatures import Parameter, ParameterKind, parameters_of
from treadle.steps._type_check import can_both_hold, checked_type, could_be, type_name
from treadle_contract.lazy_dataclasses import dataclass, replace

if TYPE_CHECKING:
    from treadle.config._op_config import ConfigType

#: As in Dagster: a first parameter of such a name is the context.
CONTEXT_NAMES = ("context", "_context", "context_", "_")
_LIKE_CONTEXT = frozenset({"ctx", "ctxt", "cxt", "contex", "contxt", "cntx", "cntxt"})
_PLAIN = In()
#: An argument of which nothing is said.
_ANY = In(Any)
_NOT_BY_NAME = (ParameterKind.VAR_POSITIONAL, ParameterKind.POSITIONAL_ONLY)
_VAR_KEYWORD = ParameterKind.VAR_KEYWORD
_CONTEXT_CLASSES = ("OpExecutionContext", "AssetExecutionContext")
#: As in Dagster: a parameter of this name is the op's config.
CONFIG_NAME = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """What each parameter of a function is."""

    context: str | None
    resources: Mapping[str, object]
    ins: Mapping[str, In]
    config: ConfigType | None = None


def read_params(
    fn: Callable[..., Any],
    annotations: Mapping[str, Any],
    ins: Mapping[str, In],
    required_resource_keys: frozenset[str],
    *,
    owner: str,
) -> Params:
    """Tell the function's parameters apart and complete `ins` from them.

    Raises:
        ArgumentError: a parameter cannot be given, or an entry of `ins` has no parameter.
    """
    parameters = list(parameters_of(fn))
    context = None
    if parameters and _is_context(parameters[0], annotations):
        context = parameters.pop(0).name
        _refuse_other_context(context, annotations, owner)
    resources: dict[str, object] = {}
    found: dict[str, In] = {}
    config = None
    takes_any = False
    for parameter in parameters:
        if parameter.kind is _VAR_KEYWORD:
            takes_any = True
            continue
        _refuse_misfit(parameter, required_resource_keys, owner)
        if parameter.name == CONFIG_NAME:
            config = _config(parameter, annotations, ins, owner)
            continue
        annotation = annotations.get(parameter.name, Any)
        wanted = None if annotation is Any else resource_type(annotation)
        if wanted is not None:
            resources[parameter.name] = wanted
        else:
            said = ins.get(parameter.name, _PLAIN)
            found[parameter.name] = _completed(said, annotation, parameter, owner)
    _refuse_nothing_params(found, owner)
    found.update(_without_param(ins, found, resources, takes_any=takes_any, owner=owner))
    return Params(context=context, resources=resources, ins=found, config=config)


def _config(
    parameter: Parameter, annotations: Mapping[str, Any], ins: Mapping[str, In], owner: str
) -> ConfigType:
    if CONFIG_NAME in ins:
        raise ArgumentError(
            f"{owner}: ins names {CONFIG_NAME!r}, and a parameter of that name is the op's config.",
            fix="Rename the input.",
            source=user_line(),
        )
    from treadle.config._op_config import parameter_type  # noqa: PLC0415 -- few modules have config

    return parameter_type(parameter, annotations, owner=owner)


def context_hint(names: Iterable[str]) -> str:
    """Say how the context is written, if one of these inputs has a name that people give it."""
    if not any(name.strip("_").lower() in _LIKE_CONTEXT for name in names):
        return ""
    return f" The context is a first argument named {', '.join(CONTEXT_NAMES[:-1])} or _."


def _is_context(parameter: Parameter, annotations: Mapping[str, Any]) -> bool:
    if parameter.name in CONTEXT_NAMES:
        return True
    return is_context_type(annotations.get(parameter.name))


def is_context_type(annotation: object) -> bool:
    """Whether an annotation is a context class of Treadle's, or derives from one."""
    return isinstance(annotation, type) and any(
        base.__name__ in _CONTEXT_CLASSES and base.__module__.startswith("treadle.")
        for base in annotation.__mro__
    )


def _refuse_other_context(name: str, annotations: Mapping[str, Any], owner: str) -> None:
    """Refuse the context's parameter that is annotated as something else."""
    annotation = annotations.get(name, Any)
    if annotation is Any or not isinstance(annotation, type):
        return
    if not any(base.__name__.endswith("Context") for base in annotation.__mro__):
        raise ArgumentError(
            f"{owner}: the first parameter {name!r} is the context, and annotated"
            f" {annotation.__name__}.",
            fix="Annotate it OpExecutionContext or AssetExecutionContext, or rename the input.",
            source=user_line(),
        )


def _refuse_misfit(parameter: Parameter, required: frozenset[str], owner: str) -> None:
    name = parameter.name
    if parameter.kind in _NOT_BY_NAME:
        problem = f"{owner}: parameter {name!r} cannot be given by name."
        fix = "Write it as an ordinary parameter; inputs are passed by name."
    elif name in CONTEXT_NAMES and name != "_":
        problem = f"{owner}: parameter {name!r} is not the first."
        fix = "Make the context the first parameter."
    elif name in required:
        problem = f"{owner}: {name!r} is a parameter and in required_resource_keys."
        fix = "Annotate the parameter ResourceParam[…], or reach it through context.resources."
    else:
        return
    raise ArgumentError(problem, fix=fix, source=user_line())


def _completed(given: In, annotation: Any, parameter: Parameter, owner: str) -> In:
    size = len(parameter.name.encode())
    if size > MOST_NAME_BYTES:
        raise too_long(f"{owner}: input {parameter.name[:40]}…", size)
    if given is _PLAIN and annotation is Any and not parameter.has_default:
        return _ANY
    where = f"{owner}: input {parameter.name!r}"
    changes: dict[str, Any] = {}
    if given.dagster_type is UNSET:
        checked_type(annotation, where=f"{where} is annotated")
        changes["dagster_type"] = annotation
    elif not given.is_nothing and not can_both_hold(given.dagster_type, annotation):
        raise ArgumentError(
            f"{where} is declared {type_name(given.dagster_type)}, and annotated"
            f" {type_name(annotation)}.",
            fix="Change one of them, or leave one out.",
            source=user_line(),
        )
    if given.default_value is UNSET and parameter.has_default:
        changes["default_value"] = parameter.default
    completed = replace(given, **changes) if changes else given
    default = completed.default_value
    # `number: int = None` says what Python's own type hints once took it to say.
    is_free = not completed.has_default or default is None or completed.is_nothing
    if not is_free and not could_be(default, completed.dagster_type):
        raise ArgumentError(
            f"{where} is declared {type_name(completed.dagster_type)}, and its default"
            f" {in_words(default)} is {a(type(default).__name__)}.",
            fix="Change one of them.",
            source=user_line(),
        )
    return completed


def _refuse_nothing_params(found: Mapping[str, In], owner: str) -> None:
    for name, each in found.items():
        if each.is_nothing:
            raise ArgumentError(
                f"{owner}: input {name!r} is Nothing, yet the function has a parameter for it.",
                fix=f"Remove the parameter {name!r} and keep ins={{{name!r}: In(Nothing)}}.",
                source=user_line(),
            )


def _without_param(
    ins: Mapping[str, In],
    found: Mapping[str, In],
    resources: Mapping[str, object],
    *,
    takes_any: bool,
    owner: str,
) -> dict[str, In]:
    rest: dict[str, In] = {}
    for name, each in ins.items():
        if name in found:
            continue
        checked_name(name, what=f"{owner}: input")
        if not (each.is_nothing or takes_any) or name in resources:
            raise ArgumentError(
                f"{owner}: ins names {name!r}, which is not an input of the function."
                + did_you_mean(name, found),
                fix=f"{inputs_in_words(found)} Only In(Nothing) needs no parameter.",
                source=user_line(),
            )
        rest[name] = each if each.dagster_type is not UNSET else replace(each, dagster_type=Any)
    return rest
