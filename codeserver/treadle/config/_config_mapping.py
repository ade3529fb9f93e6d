"""ConfigMapping: a graph's own config, and what it makes of it for its ops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, NoReturn, TypeAlias, overload

from treadle._arguments import checked, checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.config._op_config import ConfigType, parameter_type, schema_config_type
from treadle.config._run_config import RunConfig, ops_data
from treadle.ops._annotations import annotations_of
from treadle.ops._functions import name_of
from treadle.ops._signatures import parameters_of
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue

Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong with what ops are told, and what to do."""

    problem: str
    fix: str


@checked_init
class ConfigMapping:
    """A function of a graph's config that returns that of its ops, by their names in the graph; of a job's, that
    of a run: `{"ops": {op: {"config": …}}}`, or a `RunConfig`.

    It runs in the process of each step of the graph. The config is of the function's annotation, or
    of `config_schema`: then the function takes plain data. `receive_processed_config_values=False`
    is not supported: the function is told what its config is when defaults are filled in.
    """

    __slots__ = ("fn", "is_of_job", "misfit", "takes_plain_data", "type")

    def __init__(
        self,
        config_fn: Function,
        config_schema: Any = None,
        receive_processed_config_values: bool | None = None,
    ) -> None:
        if receive_processed_config_values is False:
            refuse_unsupported("ConfigMapping", {"receive_processed_config_values": "False"})
        self.fn: Function = config_fn
        self.type = _mapped_type(config_fn, config_schema)
        self.takes_plain_data = config_schema is not None
        self.is_of_job = False
        self.misfit: Callable[[Mapping[str, UserValue]], Misfit | None] = lambda _: None

    def told_of(self, misfit: Callable[[Mapping[str, UserValue]], Misfit | None]) -> ConfigMapping:
        """Return it for a graph: `misfit` says of what it returns what the graph's ops cannot be told."""
        mapping = copy(self)
        mapping.misfit = misfit
        return mapping

    def of_job(self) -> ConfigMapping:
        """Return it for a job: what it returns is config of a run."""
        mapping = copy(self)
        mapping.is_of_job = True
        return mapping

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Refuse to be called: a graph takes it as it is.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            f"The config mapping {name_of(self.fn)!r} was called.",
            fix=f"Give it as it is: config={name_of(self.fn)}.",
            source=user_line(),
        )

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """The functions that make of its config that of the ops."""
        return (self.fn,)

    def told(self, value: UserValue) -> Any:
        """Return a config as the function takes it.

        Raises:
            ValueError: it is not of its type.
        """
        told = self.type.read(value)
        if not self.takes_plain_data:
            return told
        from treadle.steps._config import as_plain_data  # noqa: PLC0415 -- it runs in a step alone

        return as_plain_data(told)

    def ops(self, value: UserValue) -> dict[str, UserValue]:
        """Return what the function makes of a config, whose variables are resolved.

        Raises:
            ValueError: the config is not of its type, or the graph has no such ops.
            TypeError: what it returned is none of ops.
        """
        returned = self.fn(self.told(value))
        if self.is_of_job:
            returned = _ops_of_run(returned, name_of(self.fn))
        elif isinstance(returned, RunConfig):
            returned = returned.ops
        if not isinstance(returned, Mapping):
            raise TypeError(
                f"{name_of(self.fn)} returned {in_words(returned)}, and not what its ops are told:"
                ' {op: {"config": …}}.'
            )
        said = ops_data(returned, reveal=True)
        if (wrong := self.misfit(said)) is not None:
            raise ValueError(f"{name_of(self.fn)} returned config that {wrong.problem} {wrong.fix}")
        return said


def _ops_of_run(returned: Any, name: str) -> Any:
    """Return what config of a run says of ops.

    Raises:
        ValueError: it says something else, which is not for the steps to read.
    """
    if isinstance(returned, RunConfig):
        returned = {"ops": returned.ops, "resources": returned.resources}
    if not isinstance(returned, Mapping):
        return returned
    more = sorted(key for key, each in returned.items() if key != "ops" and each)
    if more:
        raise ValueError(
            f"{name} returned config of {', '.join(more)}, which a config mapping of a job cannot tell: it is read when"
            ' a step runs. Return {"ops": …} alone, and tell resources in config of the run or of Definitions.'
        )
    return returned.get("ops", {})


@overload
def config_mapping(config_fn: Function) -> ConfigMapping: ...


@overload
def config_mapping(
    config_fn: None = None, *, config_schema: Any = None
) -> Callable[[Function], ConfigMapping]: ...


@checked
def config_mapping(
    config_fn: Function | None = None, *, config_schema: Any = None
) -> ConfigMapping | Callable[[Function], ConfigMapping]:
    """Make a mapping of a function: its parameter, annotated with a `Config`, is a graph's config,
    and it returns `{op: {"config": …}}`, a `Config` for each op, or a `RunConfig`.

    Raises:
        ArgumentError: the function takes no one argument, or nothing can be read as its type.
    """

    def decorate(fn: Function) -> ConfigMapping:
        return ConfigMapping(fn, config_schema)

    return decorate(config_fn) if config_fn is not None else decorate


def _mapped_type(fn: Function, config_schema: object) -> ConfigType:
    if not callable(fn):
        raise ArgumentError(
            f"ConfigMapping: config_fn is {in_words(fn)}, and no function.",
            fix="Give a function of the config of the graph.",
            source=user_line(),
        )
    owner = f"config_mapping {name_of(fn)!r}"
    parameters = parameters_of(fn)
    if len(parameters) != 1:
        raise ArgumentError(
            f"{owner} takes {len(parameters)} arguments.",
            fix="Let it take one, the config of the graph.",
            source=user_line(),
        )
    if config_schema is not None:
        return schema_config_type(config_schema, owner=owner)
    return parameter_type(parameters[0], annotations_of(fn), owner=owner)


def checked_graph_config(config: object, *, owner: str) -> GraphConfig:
    """Return what a graph's `config=` says: a mapping, or what its ops are told by default.

    Raises:
        ArgumentError: it says neither.
    """
    if isinstance(config, ConfigMapping):
        return config
    if isinstance(config, RunConfig):
        config = config.ops
    if isinstance(config, Mapping):
        try:
            return ops_data(config)
        except ValueError as error:
            raise ArgumentError(
                f"{owner}: config: {error}", fix="Correct it.", source=user_line()
            ) from error
    raise ArgumentError(
        f"{owner}: config is {in_words(config)}, and neither a ConfigMapping nor what its ops are told.",
        fix='Give what @config_mapping made, or {op: {"config": {…}}}.',
        source=user_line(),
    )


#: What a graph says of the config of its ops.
GraphConfig: TypeAlias = ConfigMapping | Mapping[str, UserValue]
