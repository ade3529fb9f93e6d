"""An op: one function of the user's with its inputs, outputs and resources made explicit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Self, overload

from treadle._arguments import checked, filled, refuse_unsupported
from treadle._errors import ConflictError
from treadle._names import checked_name, checked_tags
from treadle._policies import (
    Limits,
    RetryPolicy,
    checked_limits,
    checked_retry_policy,
    checked_timeout,
)
from treadle._source import user_line
from treadle._texts import described
from treadle.graphs._composition import PendingInvocation, current_body
from treadle.graphs._invocable import Invocable
from treadle.locations.snapshot import SourceLine
from treadle.ops._annotations import annotations_of
from treadle.ops._constructed import ConstructedOp
from treadle.ops._functions import checked_function, name_of
from treadle.ops._ins_outs import In, Out
from treadle.ops._op_outs import NO_CHECKS, resolved_outs
from treadle.ops._op_params import read_params
from treadle.ops._reading_node import ReadNode
from treadle.ops._tellable import is_tellable
from treadle_contract.lazy_dataclasses import dataclass, field

if TYPE_CHECKING:
    from treadle._keys import AssetKey
    from treadle.config._op_config import ConfigType


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, init=False)
class OpDefinition(ConstructedOp, Invocable, ReadNode):
    """A function of the user's, and everything that its signature and decorator say.

    `ins` are in the order of the function's arguments, then those that only order; all have a
    type (`Any` if unknown) and, where Python has one, a default. `outs` are in declared order.
    `resource_params` maps a parameter's name, which is the resource's key, to its type.
    `required_resource_keys` are those that the body reaches through the context.
    `context_param` is the name of the first parameter when it is the context. `config` is what a run
    may tell it; `takes_config`: in a parameter of that name, else through the context alone.
    """

    name: str
    fn: Callable[..., Any]
    ins: Mapping[str, In]
    outs: Mapping[str, Out]
    resource_params: Mapping[str, object] = field(default_factory=dict)
    required_resource_keys: frozenset[str] = frozenset()
    context_param: str | None = None
    config: ConfigType | None = None
    takes_config: bool = False
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    code_version: str | None = None
    retry_policy: RetryPolicy | None = None
    timeout: float | None = None
    limits: Limits | None = None
    source: SourceLine

    @property
    def compute_fn(self) -> Callable[..., Any]:
        """The function."""
        return self.fn

    @property
    def version(self) -> str | None:
        """`code_version`, by Dagster's older name."""
        return self.code_version

    @property
    def input_assets(self) -> Mapping[str, AssetKey]:
        """Inputs that are assets whatever is passed: a graph may have some."""
        return {}

    @property
    def resource_keys(self) -> tuple[str, ...]:
        """All resources that it asks for, sorted."""
        return tuple(sorted(self.required_resource_keys | self.resource_params.keys()))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as it is; in a graph's body, write an invocation down.

        Resources and config that its context has, a call need not give; the context knows the op.

        Raises:
            CompositionError: in a graph's body, the arguments do not fit.
        """
        if current_body() is None:
            if self.context_param is not None:
                from treadle.steps._direct_calls import bound, filled  # noqa: PLC0415 -- what tests alone need

                args, kwargs = bound(self, *filled(self, args, kwargs))
            return self.fn(*args, **kwargs)
        return PendingInvocation(node=self)(*args, **kwargs)

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> Self:
        """Return an op that is told this config, or what a function makes of a config of its own.

        The function takes config of its annotation, or of `config_schema`. The name is its own, else that of
        the op, unless one is given.

        Raises:
            ArgumentError: it takes no config, or not this one.
        """
        from treadle.config._configured import configured_node  # noqa: PLC0415 -- few modules do

        made: Self = configured_node(self, config_or_config_fn, name, config_schema, description)
        return made

    def needs(self, name: str) -> bool:
        """Whether this input has to be connected: it carries a value, which nothing else says."""
        return self.ins[name].must_be_fed

    def reads_value(self, name: str) -> bool:
        """Whether this input is read by value."""
        return not self.ins[name].is_nothing

    def may_be_resource(self, name: str) -> bool:
        """Whether this input may turn out to be a resource: its type is a class, not a plain one."""
        declared = self.ins[name].dagster_type
        return (
            declared is not Any and isinstance(declared, type) and declared.__module__ != "builtins"
        )

    def may_be_told(self, name: str) -> bool:
        """Whether a run may tell the value of this input, where nothing is connected to it."""
        return is_tellable(self.ins[name])

    def gives_value(self, name: str) -> bool:
        """Whether this output carries a value."""
        return not self.outs[name].is_nothing

    def open_levels(self, name: str) -> int:
        """Return 1 for an output that is any number of elements, 0 for one value."""
        return int(self.outs[name].is_dynamic)

    def output_type(self, name: str) -> Any:
        """Return the type of this output."""
        return self.outs[name].dagster_type


@overload
def op(compute_fn: Callable[..., Any]) -> OpDefinition: ...


@overload
def op(
    compute_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: object = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: object = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...


@checked
def op(  # noqa: PLR0913 -- Dagster's parameters
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: object = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: object = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """Make an op of a function: one step, in a process of its own, wherever a graph invokes it.

    The parameters are Dagster's. Inputs are the function's arguments, their types its
    annotations; without `out` there is one output, "result". `timeout`, in seconds, and
    `limits` are Treadle's and hold for each attempt. `config_schema` is Dagster's older form of a
    parameter `config`. `version` and `pool` are not supported yet.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    refuse_unsupported("op", {"version": version, "pool": pool})

    def decorate(fn: Callable[..., Any]) -> OpDefinition:
        return op_of(
            checked_function(fn, label="@op", name=name),
            label="@op",
            name=name,
            ins=ins or {},
            out=out,
            required_resource_keys=frozenset(required_resource_keys or ()),
            description=description,
            tags=tags,
            config_schema=config_schema,
            code_version=code_version,
            retry_policy=retry_policy,
            timeout=timeout,
            limits=limits,
        )

    return decorate(compute_fn) if compute_fn is not None else decorate


def _schema_config(config_schema: object, owner: str) -> ConfigType:
    from treadle.config._op_config import schema_config_type  # noqa: PLC0415 -- few modules have config

    return schema_config_type(config_schema, owner=owner)


def op_of(  # noqa: PLR0913 -- what a decorator says of one function
    fn: Callable[..., Any],
    *,
    label: str,
    name: str | None,
    ins: Mapping[str, In],
    out: object,
    required_resource_keys: frozenset[str],
    description: str | None,
    tags: Mapping[str, Any] | None,
    code_version: str | None,
    retry_policy: RetryPolicy | None,
    timeout: float | None,
    limits: Limits | None,
    config_schema: Any = None,
    checks: Mapping[str, Out] = NO_CHECKS,
) -> OpDefinition:
    """Read a function's signature into an op; it was checked. `label` is the decorator, for messages.

    `checks` are the outputs that give results of checks, after all others.
    """
    op_name = checked_name(name or name_of(fn), what=f"{label} name")
    owner = f"{label} {op_name!r}"
    annotations = annotations_of(fn)
    params = read_params(fn, annotations, ins, required_resource_keys, owner=owner)
    config = None if config_schema is None else _schema_config(config_schema, owner)
    if config is not None and params.config is not None:
        raise ConflictError(
            f"{owner} has a config_schema, and a parameter 'config'.",
            fix="Leave the config_schema out.",
            source=user_line(),
        )
    return filled(
        OpDefinition,
        name=op_name,
        fn=fn,
        ins=params.ins,
        outs=resolved_outs(fn, annotations, out, owner=owner, checks=checks),
        resource_params=params.resources,
        required_resource_keys=required_resource_keys,
        context_param=params.context,
        description=described(description, fn),
        tags=checked_tags(tags or {}, owner=owner),
        code_version=code_version,
        retry_policy=checked_retry_policy(retry_policy, owner=owner, name="retry_policy"),
        timeout=checked_timeout(timeout, owner=owner),
        limits=checked_limits(limits, owner=owner),
        config=config or params.config,
        takes_config=params.config is not None,
        source=user_line(),
    )
