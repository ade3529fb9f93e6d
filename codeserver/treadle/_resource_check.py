"""Whether every resource and IO manager that the blocks of a target ask for is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from treadle._assets import AssetsDefinition
from treadle._contents import Contents
from treadle._errors import ArgumentError, MissingError, did_you_mean
from treadle._ins_outs import DEFAULT_IO_MANAGER
from treadle._io_manager import IOManager
from treadle.snapshot import SourceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    key: str
    who: str
    source: SourceLine


def refuse_missing_resources(contents: Contents) -> None:
    """Refuse a target that lacks a resource, or whose IO manager is none.

    Raises:
        MissingError: an op, or an asset's IO manager key, asks for what is not given.
        ArgumentError: what is asked for as an IO manager cannot store and load.
    """
    given = contents.resources
    for block in contents.blocks:
        for need in _op_needs(block):
            if need.key not in given:
                raise _missing(need, contents, f"{need.who} asks for the resource {need.key!r}")
        for need in _manager_needs(block):
            if need.key not in given and need.key != DEFAULT_IO_MANAGER:
                raise _missing(need, contents, f"{need.who} names the IO manager {need.key!r}")
            if need.key in given and not isinstance(given[need.key], IOManager):
                raise ArgumentError(
                    f"{need.who} uses the resource {need.key!r} as its IO manager, but"
                    f" {type(given[need.key]).__name__} is none.",
                    fix="Give an instance of a class that derives from IOManager.",
                    source=need.source,
                    others=contents.lines,
                )


def _op_needs(block: AssetsDefinition) -> Iterator[_Need]:
    for key in sorted(block.options.required_resource_keys):
        yield _Need(key=key, who=block.options.owner, source=block.source)
    for step in block.flat.steps.values():
        for key in step.op.resource_keys:
            yield _Need(key=key, who=f"op {step.op.name!r}", source=step.op.source)


def _manager_needs(block: AssetsDefinition) -> Iterator[_Need]:
    owner = block.options.owner
    for said in block.produced.values():
        yield _Need(key=said.io_manager_key, who=owner, source=block.source)
    for ref, out in block.outs.items():
        op = block.flat.steps[ref.path].op
        yield _Need(
            key=out.io_manager_key or DEFAULT_IO_MANAGER,
            who=f"output {ref.output!r} of {op.name!r}",
            source=op.source,
        )
    for (path, name), each in block.ins.items():
        if each.input_manager_key is not None:
            op = block.flat.steps[path].op
            who = f"input {name!r} of {op.name!r} in {owner}"
            yield _Need(key=each.input_manager_key, who=who, source=block.source)


def _missing(need: _Need, contents: Contents, problem: str) -> MissingError:
    return MissingError(
        f"{problem}, which Definitions does not have.{did_you_mean(need.key, contents.resources)}",
        fix=f"Give it: Definitions(…, resources={{{need.key!r}: …}}).",
        source=need.source,
        others=contents.lines,
    )
