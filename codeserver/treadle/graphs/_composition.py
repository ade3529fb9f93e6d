"""The body of a graph while it runs: every call of an op or graph in it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from treadle._arguments import checked
from treadle._errors import CompositionError, UnusedError, did_you_mean, inputs_in_words, listed
from treadle._names import checked_name, checked_tags
from treadle._policies import RetryPolicy, checked_retry_policy
from treadle._source import user_line
from treadle._value_words import a, in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.graphs._fan_out_handles import DynamicHandle, direct_use
from treadle.graphs._handles import ArgumentRef, Handle, Handles, OutputRef, Ref, body_of, ref_of
from treadle.graphs._handles import output_names as names_of
from treadle.graphs._levels import Level, Levels
from treadle.graphs._node import Binding, Invocation, Node
from treadle.hooks._given import checked_hooks
from treadle.locations.snapshot import SourceLine
from treadle.ops._op_params import context_hint
from treadle.ops._tellable import FEED_IT
from treadle_contract.lazy_dataclasses import dataclass, field, replace

if TYPE_CHECKING:
    from treadle._keys import AssetKey
    from treadle.hooks._hook import HookDefinition


#: What stands for one output of a node.
Part: TypeAlias = Handle | DynamicHandle


@dataclass(slots=True)
class Body:
    """The invocations of one graph so far. `owner` is the decorator and name, for messages.

    `assets` are declared assets that were passed as they are, each by the name of an input for it.
    """

    owner: str
    assets: dict[str, AssetKey] = field(default_factory=dict)
    _arguments: set[str] = field(default_factory=set)
    invocations: dict[str, Invocation] = field(default_factory=dict)
    _uses: dict[str, int] = field(default_factory=dict)
    _levels: Levels = field(init=False)
    _uncalled: dict[int, tuple[PendingInvocation, SourceLine]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._levels = Levels(self.owner, self.invocations)

    def announce(self, pending: PendingInvocation, instead_of: PendingInvocation) -> None:
        """Take note that an invocation was named, or given tags or a policy: it is to be called."""
        self._uncalled.pop(id(instead_of), None)
        self._uncalled[id(pending)] = (pending, user_line())

    def refuse_uncalled(self) -> None:
        """Refuse an invocation of which something was said, and which was not called.

        Raises:
            UnusedError: there is one.
        """
        for pending, source in self._uncalled.values():
            said = f"alias {pending.name!r}" if pending.name else "tag, hooks or a policy"
            raise UnusedError(
                f"In {self.owner}: {pending.node.name!r} was given the {said}, and never called.",
                fix="Call what that gave: alias, tag, with_hooks and with_retry_policy change nothing in place.",
                source=source,
            )

    def argument(self, name: str) -> Handle:
        """Return the handle of an argument of the graph."""
        self._arguments.add(name)
        return Handle(self, ArgumentRef(name))

    def asset(self, key: AssetKey) -> ArgumentRef:
        """Return what stands for an asset that the body names itself: an input of the graph."""
        for name, known in self.assets.items():
            if known == key:
                return ArgumentRef(name)
        name = key.node_name
        while name in self._arguments or name in self.assets:
            name += "_"
        self.assets[name] = key
        return ArgumentRef(name)

    def invoke(
        self, said: PendingInvocation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Part | Handles:
        """Write an invocation down and return what stands for its outputs.

        Raises:
            CompositionError: the arguments do not fit, or the node name is taken.
        """
        node = said.node
        self._uncalled.pop(id(said), None)
        name = self._node_name(node, said.name)
        given = self._named_arguments(node, args, kwargs)
        bindings = {key: self._binding(node, key, value) for key, value in given.items()}
        for each, key in node.input_assets.items():
            bindings.setdefault(each, Binding((self.asset(key),)))
        self._refuse_unconnected(node, bindings)
        self._levels.add(name, bindings)
        self.invocations[name] = Invocation(
            name=name,
            node=node,
            bindings=bindings,
            tags=said.tags,
            retry_policy=said.retry_policy,
            hooks=said.hooks,
            source=user_line(),
        )
        parts: dict[str, Part] = {
            output: self._part(node, OutputRef(name, output)) for output in node.outs
        }
        return next(iter(parts.values())) if len(parts) == 1 else Handles(name, parts)

    def _part(self, node: Node, ref: OutputRef) -> Part:
        levels = node.open_levels(ref.output)
        return DynamicHandle(self, ref, levels) if levels else Handle(self, ref)

    def levels(self, ref: Ref) -> tuple[Level, ...]:
        """Return the fan-outs that a value is an element of, from the outermost."""
        return self._levels.of(ref)

    def gathered(self, ref: OutputRef) -> tuple[str, str]:
        """Write an op down that gives a list which is collected, and return that output of a node."""
        from treadle.graphs._collecting import collecting  # noqa: PLC0415 -- ops are made of bodies, too

        made = self.invoke(PendingInvocation(node=collecting(ref.node)), (Handle(self, ref),), {})
        assert isinstance(made, Handle)
        found = ref_of(made)
        assert isinstance(found, OutputRef)
        return found.node, found.output

    def source_of(self, ref: OutputRef) -> SourceLine | None:
        """Return the line of the call that gives an output."""
        return self.invocations[ref.node].source

    def ref(self, handle: Handle) -> Ref:
        """Return what a handle of this body stands for.

        Raises:
            CompositionError: it comes from the body of another graph.
        """
        if body_of(handle) is not self:
            raise CompositionError(
                f"{self.owner} was given {ref_of(handle)} of another graph's body.",
                fix="Pass it in as an argument of this graph.",
                source=user_line(),
            )
        return ref_of(handle)

    def _node_name(self, node: Node, alias: str | None) -> str:
        name = alias
        if name is None:
            uses = self._uses[node.name] = self._uses.get(node.name, 0) + 1
            name = node.name if uses == 1 else f"{node.name}_{uses}"
        first = self.invocations.get(name)
        if first is not None:
            raise CompositionError(
                f"{self.owner} has two nodes named {name!r}.",
                fix=f"Call one of them by another name: {node.name}.alias('…')(…).",
                source=user_line(),
                others=(first.source,),
            )
        return name

    def _named_arguments(
        self, node: Node, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> dict[str, Any]:
        names = tuple(node.ins)
        problem = ""
        if len(args) > len(names):
            problem = f"{node.name!r} takes {len(names)} inputs, {len(args)} were given."
        given = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name not in names:
                problem = f"{node.name!r} has no input {name!r}.{did_you_mean(name, names)}"
            elif name in given:
                problem = f"Input {name!r} of {node.name!r} was given twice."
            given[name] = value
        if problem:
            raise CompositionError(
                f"In {self.owner}: {problem}",
                fix=f"{inputs_in_words(names)} A resource is not passed: name it in the op.",
                source=user_line(),
            )
        return given

    def _binding(self, node: Node, name: str, value: Any) -> Binding:
        where = f"In {self.owner}: input {name!r} of {node.name!r}"
        if isinstance(value, list):
            if not value:
                raise CompositionError(
                    f"{where} was given an empty list.",
                    fix="Leave the input out, or give at least one handle.",
                    source=user_line(),
                )
            refs = tuple(self._single(node, name, item, f"{where}, in a list,") for item in value)
            if any(isinstance(ref, OutputRef) and ref.collected for ref in refs):
                raise CompositionError(
                    f"{where} was given a list of which one element is collected, and so a list itself.",
                    fix="Join the lists in an op, or give the collected one an input of its own.",
                    source=user_line(),
                )
            return Binding(refs, fan_in=True)
        return Binding((self._single(node, name, value, where),))

    def _single(self, node: Node, name: str, value: Any, where: str) -> Ref:
        if isinstance(value, Handle):
            ref = self.ref(value)
            self._refuse_nothing_by_value(node, name, ref, where)
            return ref
        if isinstance(value, AssetSpec):
            return self.asset(value.key)
        if isinstance(value, DynamicHandle):
            raise direct_use(value, f"input {name!r} of {node.name!r} was given it as one")
        if isinstance(value, Handles):
            problem = f"{where} was given all outputs at once: {listed(names_of(value))}."
            fix = "Pass one of them, or a list of them."
        elif isinstance(value, tuple | set | dict):
            problem = f"{where} was given {a(type(value).__name__)}."
            fix = "Give a list to fan in."
        else:
            problem = f"{where} was given {in_words(value)}, which is not an output of an op."
            fix = uncalled(value) or (
                "Pass an output of another op or an argument of the graph; return a constant"
                " from an op, or make it the input's default."
            )
        raise CompositionError(problem, fix=fix, source=user_line())

    def _refuse_nothing_by_value(self, node: Node, name: str, ref: Ref, where: str) -> None:
        if not isinstance(ref, OutputRef) or not node.reads_value(name):
            return
        if not self.invocations[ref.node].node.gives_value(ref.output):
            raise CompositionError(
                f"{where} reads {ref} by value, which is Nothing.",
                fix=f"Declare the input In(Nothing), or give {ref.node!r} a value to return.",
                source=user_line(),
                others=(self.invocations[ref.node].source,),
            )

    def _refuse_unconnected(self, node: Node, bindings: Mapping[str, Binding]) -> None:
        unfed = [name for name in node.ins if name not in bindings and node.needs(name)]
        missing = [
            name for name in unfed if not (node.may_be_resource(name) or node.may_be_told(name))
        ]
        untyped = [name for name in unfed if getattr(node.ins[name], "dagster_type", None) is Any]
        if context_hint(untyped):
            # What is called nearly as the context, no run is meant to tell.
            missing = [name for name in unfed if name in (*missing, *untyped)]
        if missing:
            inputs = "input" if len(missing) == 1 else "inputs"
            raise CompositionError(
                f"In {self.owner}: {node.name!r} is not given its {inputs} {listed(missing)}."
                f"{context_hint(missing)}",
                fix=FEED_IT,
                source=user_line(),
            )


_current: ContextVar[Body | None] = ContextVar("treadle_body", default=None)


@contextmanager
def composing(owner: str) -> Iterator[Body]:
    """Record calls of ops and graphs until the block ends."""
    body = Body(owner)
    token = _current.set(body)
    try:
        yield body
    finally:
        _current.reset(token)


def current_body() -> Body | None:
    """Return the body that runs now, None outside of every graph."""
    return _current.get()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PendingInvocation:
    """A node with what is said of one invocation of it: call it in a graph's body."""

    node: Node
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    hooks: tuple[HookDefinition, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Write the invocation down.

        Raises:
            CompositionError: no body of a graph runs, or the arguments do not fit.
        """
        body = current_body()
        if body is None:
            raise outside_of_graph(self.node.name)
        return body.invoke(self, args, kwargs)

    @checked
    def alias(self, name: str) -> PendingInvocation:
        """Name the node of this invocation."""
        return self._with(name=checked_name(name, what=f"{self.node.name!r}: alias"))

    @checked
    def tag(self, tags: Mapping[str, Any] | None) -> PendingInvocation:
        """Add tags to the steps of this invocation."""
        added = checked_tags(tags or {}, owner=f"{self.node.name!r}")
        return self._with(tags={**self.tags, **added})

    @checked
    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> PendingInvocation:
        """Run these hooks, too, when a step of this invocation ends."""
        added = checked_hooks(hook_defs, owner=f"{self.node.name!r}: with_hooks")
        return self._with(hooks=(*self.hooks, *added))

    @checked
    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """Retry the steps of this invocation by this policy instead of their ops'."""
        checked = checked_retry_policy(
            retry_policy, owner=f"{self.node.name!r}: with_retry_policy", name="retry_policy"
        )
        return self._with(retry_policy=checked)

    def _with(self, **changes: Any) -> PendingInvocation:
        changed = replace(self, **changes)
        body = current_body()
        if body is not None:
            body.announce(changed, instead_of=self)
        return changed


def uncalled(value: object) -> str:
    """Say what to write instead of a definition that stands where its output is meant."""
    if isinstance(value, PendingInvocation):
        return f"Call it: {value.node.name}.alias('…')()."
    name = getattr(value, "name", "")
    match type(value).__name__:
        case "OpDefinition" | "GraphDefinition":
            return f"Call it: {name}()."
        case "AssetsDefinition":
            return (
                "Make the asset an argument of the graph's function, and pass that on: its value"
                " is loaded."
            )
    return ""


def outside_of_graph(name: str, *, runs_by: str = "") -> CompositionError:
    """Return the error for a call that only makes sense in a graph's body; `runs_by` runs it here."""
    here = f" To run it in this process, write {runs_by}." if runs_by else ""
    return CompositionError(
        f"{name!r} was called outside of a graph's body.",
        fix=f"Call it in a function decorated with @graph, @graph_asset or @graph_multi_asset.{here}",
        source=user_line(),
    )
