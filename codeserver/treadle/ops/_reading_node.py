"""What ops and graphs say of themselves when they are asked, under Dagster's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from treadle._arguments import UNSET
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER, GraphIn, GraphOut, In, Out
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDefinition:
    """An input as it is read back; of a graph's nothing is known but its description."""

    name: str
    dagster_type: Any
    description: str | None
    default_value: Any
    metadata: Mapping[str, Any]
    input_manager_key: str | None

    @property
    def has_default_value(self) -> bool:
        """Whether there is a value to use when nothing is connected."""
        return self.default_value is not UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDefinition:
    """An output as it is read back; of a graph's only its type and description are known."""

    name: str
    dagster_type: Any
    description: str | None
    is_required: bool
    io_manager_key: str
    metadata: Mapping[str, Any]
    code_version: str | None

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        return not self.is_required


class ReadNode:
    """What an op and a graph are both asked for."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def name(self) -> str: ...
        @property
        def ins(self) -> Mapping[str, Any]: ...
        @property
        def outs(self) -> Mapping[str, Any]: ...
        def output_type(self, name: str) -> Any: ...

    @property
    def input_defs(self) -> tuple[InputDefinition, ...]:
        """The inputs, in positional order."""
        return tuple([_input(name, each) for name, each in self.ins.items()])

    @property
    def output_defs(self) -> tuple[OutputDefinition, ...]:
        """The outputs, in declared order."""
        return tuple(
            [_output(name, each, self.output_type(name)) for name, each in self.outs.items()]
        )

    @property
    def input_dict(self) -> Mapping[str, InputDefinition]:
        """The inputs by name."""
        return {each.name: each for each in self.input_defs}

    @property
    def output_dict(self) -> Mapping[str, OutputDefinition]:
        """The outputs by name."""
        return {each.name: each for each in self.output_defs}

    def has_input(self, name: str) -> bool:
        """Whether there is an input of this name."""
        return name in self.ins

    def has_output(self, name: str) -> bool:
        """Whether there is an output of this name."""
        return name in self.outs

    def input_def_named(self, name: str) -> InputDefinition:
        """Return an input.

        Raises:
            ArgumentError: there is none of that name.
        """
        self._refuse_unknown(name, self.ins, "input")
        return self.input_dict[name]

    def output_def_named(self, name: str) -> OutputDefinition:
        """Return an output.

        Raises:
            ArgumentError: there is none of that name.
        """
        self._refuse_unknown(name, self.outs, "output")
        return self.output_dict[name]

    def _refuse_unknown(self, name: str, known: Mapping[str, Any], what: str) -> None:
        if name not in known:
            raise ArgumentError(
                f"{self.name!r} has no {what} {name!r}.{did_you_mean(name, known)}",
                fix=f"It has {listed(known)}." if known else f"It has no {what}s.",
                source=user_line(),
            )


class ReadGraph(ReadNode):
    """What a graph alone is asked for."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def invocations(self) -> Mapping[str, Any]: ...

    @property
    def node_dict(self) -> Mapping[str, Any]:
        """What each node of it is, by node name: its `.definition`, tags and policy."""
        return dict(self.invocations)

    @property
    def nodes(self) -> tuple[Any, ...]:
        """The same, in the order of the calls."""
        return tuple(self.invocations.values())

    @property
    def node_names(self) -> tuple[str, ...]:
        """The names of its nodes, in the order of the calls."""
        return tuple(self.invocations)

    @property
    def node_defs(self) -> tuple[Any, ...]:
        """The ops and graphs that it calls, each once."""
        return tuple({id(each.node): each.node for each in self.nodes}.values())

    def has_node_named(self, name: str) -> bool:
        """Whether there is a node of this name."""
        return name in self.invocations

    def node_named(self, name: str) -> Any:
        """Return what a node is.

        Raises:
            ArgumentError: there is none of that name.
        """
        self._refuse_unknown(name, self.invocations, "node")
        return self.invocations[name]

    def iterate_op_defs(self) -> Iterator[Any]:
        """Yield each op in it and in the graphs in it, once."""
        seen = set()
        for node in self.node_defs:
            inner = node.iterate_op_defs() if isinstance(node, ReadGraph) else (node,)
            for op in inner:
                if id(op) not in seen:
                    seen.add(id(op))
                    yield op


def _input(name: str, given: In | GraphIn) -> InputDefinition:
    said = given if isinstance(given, In) else In(Any)
    return InputDefinition(
        name=name,
        dagster_type=said.dagster_type,
        description=given.description,
        default_value=said.default_value,
        metadata=said.metadata,
        input_manager_key=said.input_manager_key,
    )


def _output(name: str, given: Out | GraphOut, dagster_type: Any) -> OutputDefinition:
    said = given if isinstance(given, Out) else Out(Any)
    return OutputDefinition(
        name=name,
        dagster_type=dagster_type,
        description=given.description,
        is_required=said.is_required,
        io_manager_key=said.io_manager_key or DEFAULT_IO_MANAGER,
        metadata=said.metadata,
        code_version=said.code_version,
    )
