"""Handles of fan-outs: what stands for the elements of a dynamic output in the body of a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, final

from treadle._errors import CompositionError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.graphs._handles import Handle, Handles, OutputRef, Ref, body_of, parts_of, ref_of

if TYPE_CHECKING:
    from treadle.graphs._composition import Body


@final
class DynamicHandle:
    """Any number of values that will exist when the graph runs: map something over them, or collect them."""

    __slots__ = ("_body", "_levels", "_ref")

    def __init__(self, body: Body, ref: OutputRef, levels: int) -> None:
        """Stand for the elements of `levels` fan-outs, each in the one before."""
        self._body = body
        self._ref = ref
        self._levels = levels

    def __repr__(self) -> str:
        return f"<elements of {self._ref}>"

    def __getattr__(self, name: str) -> NoReturn:
        raise direct_use(self, f"attribute {name!r} is asked of it")

    def __iter__(self) -> NoReturn:
        raise direct_use(self, "it is iterated")

    def __len__(self) -> NoReturn:
        raise direct_use(self, "a length is asked of it")

    def __bool__(self) -> NoReturn:
        raise direct_use(self, "truth is asked of it")

    def __getitem__(self, _: object) -> NoReturn:
        raise direct_use(self, "an item is asked of it")

    def map(self, fn: Callable[[Any], Any]) -> Any:
        """Call a function with what stands for one element; what it calls runs once for each.

        What the function returns, an output or a tuple of them, there is once for each element, too. A
        fan-out that it returns is one in this one: its elements follow each other in one order.

        Raises:
            CompositionError: it is no function, or it returns something else, or what no element is read for.
        """
        if not callable(fn):
            raise CompositionError(
                f"In {self._body.owner}: {in_words(fn)} is mapped over {self._ref}, and cannot be called.",
                fix="Give .map an op, a graph, or a function that calls some: .map(lambda each: use(each)).",
                source=user_line(),
            )
        return self._mapped(fn(Handle(self._body, self._ref)))

    def collect(self) -> Handle:
        """Return what stands for the list of all values, in the order in which they are yielded."""
        ref = OutputRef(self._ref.node, self._ref.output, self._ref.collected + self._levels)
        if self._ref.collected:
            ref = OutputRef(*self._body.gathered(self._ref), self._levels)
        return Handle(self._body, ref)

    def _mapped(self, result: Any) -> Any:
        if result is None:
            return None
        if isinstance(result, Handles):
            parts = {name: self._mapped(each) for name, each in parts_of(result).items()}
            return Handles(repr(result), parts)
        if isinstance(result, tuple):
            return tuple(self._mapped(each) for each in result)
        body, levels = self._body, self._body.levels(self._ref)
        ref: Ref
        if isinstance(result, DynamicHandle) and result._body is body:
            ref, more = result._ref, result._levels
        elif isinstance(result, Handle) and body_of(result) is body:
            ref, more = ref_of(result), 0
        else:
            raise CompositionError(
                f"In {body.owner}: the function that is mapped over {self._ref} returned"
                f" {in_words(result)}, which is not an output of an op of this body.",
                fix="Return what the call of an op or graph gave, a tuple of that, or nothing.",
                source=user_line(),
            )
        if not isinstance(ref, OutputRef) or body.levels(ref)[: len(levels)] != levels:
            raise CompositionError(
                f"In {body.owner}: what the function that is mapped over {self._ref} returned reads no"
                " element of it, so that it is not there for each.",
                fix="Pass the function's argument to what it calls, or call that outside of it.",
                source=user_line(),
            )
        return DynamicHandle(body, ref, self._levels + more)


def elements_of(handle: DynamicHandle) -> OutputRef:
    """Return what stands for one of the values, with whose graph it is returned.

    Raises:
        CompositionError: it comes from the body of another graph.
    """
    ref = handle._body.ref(Handle(handle._body, handle._ref))
    assert isinstance(ref, OutputRef)
    return OutputRef(*handle._body.gathered(ref)) if ref.collected else ref


def direct_use(handle: DynamicHandle, use: str) -> CompositionError:
    """Return the error for a use of a fan-out as if it were one value."""
    source = handle._body.source_of(handle._ref)
    return CompositionError(
        f"In {handle._body.owner}: {handle._ref} is dynamic, any number of values, and {use}.",
        fix="Write .map(op) for an op that takes one of them, .collect() for the list of all.",
        source=user_line(),
        others=() if source is None else (source,),
    )
