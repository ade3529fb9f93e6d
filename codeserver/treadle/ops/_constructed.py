"""OpDefinition(…) as a constructor: a function of a context and of all inputs, that yields its outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._policies import RetryPolicy
from treadle._source import user_line
from treadle._value_words import a, in_words
from treadle.ops._ins_outs import In, Out
from treadle.ops._signatures import parameters_of
from treadle_contract.lazy_dataclasses import field_names

_TAKEN = 2


class ConstructedOp:
    """The constructor of an op, for those whose function takes `(context, inputs)`."""

    __slots__ = ()

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        compute_fn: Callable[..., Any],
        name: str,
        ins: Mapping[str, In] | None = None,
        outs: Mapping[str, Out] | None = None,
        description: str | None = None,
        config_schema: Any = None,
        required_resource_keys: AbstractSet[str] | None = None,
        tags: Mapping[str, Any] | None = None,
        version: object = None,
        retry_policy: RetryPolicy | None = None,
        code_version: str | None = None,
        pool: object = None,
    ) -> None:
        from treadle.ops._op import op_of  # noqa: PLC0415 -- its class derives from this

        refuse_unsupported("OpDefinition", {"version": version, "pool": pool})
        made = op_of(
            _by_name(compute_fn, name),
            label="OpDefinition",
            name=name,
            ins=ins or {},
            out=dict(outs or {"result": Out()}),
            required_resource_keys=frozenset(required_resource_keys or ()),
            description=description,
            tags=tags,
            config_schema=config_schema,
            code_version=code_version,
            retry_policy=retry_policy,
            timeout=None,
            limits=None,
        )
        for known in field_names(type(made)) or ():
            object.__setattr__(self, known, getattr(made, known))


# Under the name of the class that has it.
setattr(ConstructedOp, "__init__", checked(ConstructedOp.__init__, label="OpDefinition"))  # noqa: B010 -- mypy minds the plain form


def _by_name(compute_fn: Any, name: str) -> Callable[..., Any]:
    """Return a function that takes each input by its name, for one that takes a mapping of them."""
    owner = f"OpDefinition {name!r}"
    if not callable(compute_fn) or len(parameters_of(compute_fn)) != _TAKEN:
        raise ArgumentError(
            f"{owner}: compute_fn is {in_words(compute_fn)}, and no function of (context, inputs).",
            fix="Let it take these two and yield each Output, or decorate it with @op: there each input is a parameter.",
            source=user_line(),
        )

    def compute(context: Any, **inputs: Any) -> Iterator[Any]:
        given = compute_fn(context, inputs)
        if not isinstance(given, Iterator):
            raise TypeError(
                f"compute_fn of {owner} returned {a(type(given).__name__)}, and is to yield its outputs:"
                " yield Output(value, name)."
            )
        yield from given

    compute.__doc__ = compute_fn.__doc__
    return compute
