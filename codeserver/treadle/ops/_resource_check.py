"""Whether every resource and IO manager that the blocks of a target ask for is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, get_origin

from treadle._errors import ArgumentError, MissingError, did_you_mean
from treadle._value_words import a, in_words
from treadle.assets._assets import AssetsDefinition
from treadle.io._io_manager import InputManager, IOManager
from treadle.locations._contents import Contents
from treadle.locations.snapshot import SourceLine
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle.ops._resource import Resource
from treadle.resources._openable import is_openable
from treadle.steps._type_check import type_name
from treadle.types._mismatch import mismatch
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    key: str
    who: str
    source: SourceLine
    wanted: object = Any


@dataclass(frozen=True, slots=True)
class _Given:
    """The resources of a block, and who gives them: Definitions alone, or a job of ops, too."""

    resources: Mapping[str, object]
    source: SourceLine
    lines: tuple[SourceLine, ...]
    job: str = ""

    @property
    def lacking(self) -> str:
        if self.job:
            return f"which neither {self.job} nor Definitions has"
        return "which Definitions does not have"

    def giving(self, key: str) -> str:
        """Say how a resource is given."""
        of_job = f", or resource_defs={{{key!r}: …}} of {self.job}" if self.job else ""
        return f"Give it: Definitions(…, resources={{{key!r}: …}}){of_job}."

    @property
    def left_out(self) -> AbstractSet[str]:
        """What nobody has to give."""
        return {DEFAULT_IO_MANAGER} - self.resources.keys()


def refuse_missing_resources(contents: Contents) -> None:
    """Refuse a target that lacks a resource, or whose IO manager is none.

    Raises:
        MissingError: an op, or an asset's IO manager key, asks for what is not given.
        ArgumentError: what is asked for as an IO manager cannot store and load.
    """
    of_all = _Given(contents.resources, contents.source, contents.lines)
    _refuse_unmet(of_all)
    for job in contents.jobs:
        given = of_all if job.block is None else _given(job.block, contents, of_all)
        for need in _hook_needs(job.hooks, f"job {job.name!r}", job.source):
            if need.key not in given.resources:
                raise _missing(need, given, f"{need.who} asks for the resource {need.key!r}")
    for need in _spec_needs(contents, of_all.left_out):
        _refuse_no_manager(need, of_all)
    for block in contents.blocks:
        given = _given(block, contents, of_all)
        if given is not of_all:
            _refuse_unmet(given)
        for need in _op_needs(block):
            if need.key not in given.resources:
                raise _missing(need, given, f"{need.who} asks for the resource {need.key!r}")
            _refuse_misfit(need, given)
        for need in _manager_needs(block, given.left_out):
            _refuse_no_manager(need, given)


def _given(block: AssetsDefinition, contents: Contents, of_all: _Given) -> _Given:
    resources = contents.resources_of(block)
    if resources is contents.resources:
        return of_all
    return _Given(resources, block.source, contents.lines, job=block.options.owner)


def _refuse_no_manager(need: _Need, given: _Given) -> None:
    """Refuse a manager that is not given, or is none."""
    if need.key not in given.resources:
        raise _missing(need, given, f"{need.who} names the {_manager(need)} {need.key!r}")
    value = given.resources[need.key]
    if not _may_be(value, need.wanted):
        raise ArgumentError(
            f"{need.who} uses the resource {need.key!r} as its {_manager(need)}, which is"
            f" {in_words(value)}.",
            fix=_instance_of(value, need.wanted)
            or f"Give an instance of a class that derives from {type_name(need.wanted)}.",
            source=need.source,
            others=given.lines,
        )


def _refuse_unmet(given: _Given) -> None:
    """Refuse a resource that asks for another one which is not given."""
    for name, value in given.resources.items():
        needed = getattr(value, "required_resource_keys", None) if is_openable(value) else None
        for key in sorted(set(needed or ()) - given.resources.keys()):
            raise MissingError(
                f"The resource {name!r} asks for the resource {key!r}, {given.lacking}."
                f"{did_you_mean(key, given.resources)}",
                fix=given.giving(key),
                source=given.source,
            )


def _refuse_misfit(need: _Need, given: _Given) -> None:
    """Refuse a resource that is not what the parameter is annotated with."""
    value = given.resources[need.key]
    if _is_proxy(value) or (is_openable(value) and _may_be(value, need.wanted)):
        return
    wanted = need.wanted
    if isinstance(value, type) and wanted is Any and issubclass(value, (Resource, InputManager)):
        wanted = value  # What derives from these is meant to be made.
    if isinstance(value, type) and _asks_for_class(wanted):
        return
    is_class = isinstance(value, type) and isinstance(wanted, type)
    if is_class or mismatch(value, wanted) is not None:
        raise ArgumentError(
            f"{need.who} asks for the resource {need.key!r} as {a(type_name(wanted))}, and"
            f" {given.job or 'Definitions'} has {in_words(value)}.",
            fix=_instance_of(value, wanted) or "Give such a one, or change the annotation.",
            source=need.source,
            others=given.lines,
        )


def _may_be(value: object, wanted: object) -> bool:
    """Whether a resource may be what is wanted: of one that is made in the step, as far as is known."""
    if is_openable(value):
        made = value.made_type
        return made is Any or not isinstance(wanted, type) or issubclass(made, wanted)
    return isinstance(wanted, type) and isinstance(value, wanted)


def _is_proxy(value: object) -> bool:
    """Whether the value says itself of what class it is: asking might make what it stands for."""
    return any("__class__" in vars(base) for base in type(value).__mro__ if base is not object)


def _asks_for_class(wanted: object) -> bool:
    return wanted is Any or wanted in (type, object) or get_origin(wanted) is type


def _instance_of(value: object, wanted: object) -> str:
    """Say how to write an instance, where a class of what is wanted was given; "" elsewhere."""
    if isinstance(value, type) and isinstance(wanted, type) and issubclass(value, wanted):
        return f"Give an instance: {value.__name__}()."
    return ""


def _op_needs(block: AssetsDefinition) -> Iterator[_Need]:
    for key in sorted(block.options.required_resource_keys):
        yield _Need(key=key, who=block.options.owner, source=block.source)
    yield from _hook_needs(block.options.hooks, block.options.owner, block.source)
    for step in block.flat.steps.values():
        for own in step.own_types():
            for key in sorted(own.required_resource_keys):
                who = f"the type {own.display_name!r} of op {step.op.name!r}"
                yield _Need(key=key, who=who, source=step.op.source)
        yield from _hook_needs(
            step.hooks, f"{step.op.name!r} in {block.options.owner}", step.source
        )
        for key in step.op.resource_keys:
            who, wanted = f"op {step.op.name!r}", step.op.resource_params.get(key, Any)
            yield _Need(key=key, who=who, source=step.op.source, wanted=wanted)


def _hook_needs(hooks: Iterable[HookDefinition], owner: str, source: SourceLine) -> Iterator[_Need]:
    for hook in hooks:
        for key in sorted(hook.required_resource_keys):
            yield _Need(key=key, who=f"hook {hook.name!r} of {owner}", source=source)


def _spec_needs(contents: Contents, left_out: AbstractSet[str]) -> Iterator[_Need]:
    for spec in contents.specs:
        key = spec.io_manager_key
        if key is not None and key not in left_out:
            who = f"{type(spec).__name__} {spec.key.text!r}"
            yield _Need(key=key, who=who, source=spec.source, wanted=IOManager)


def _manager_needs(block: AssetsDefinition, left_out: AbstractSet[str]) -> Iterator[_Need]:
    owner = block.options.owner
    for said in block.produced.values():
        if said.io_manager_key in left_out:
            continue
        yield _Need(key=said.io_manager_key, who=owner, source=block.source, wanted=IOManager)
    for step in block.flat.steps.values():
        op = step.op
        for name, out in step.outs.items():
            key = out.io_manager_key or DEFAULT_IO_MANAGER
            if key not in left_out:
                who = f"output {name!r} of {op.name!r}"
                yield _Need(key=key, who=who, source=op.source, wanted=IOManager)
        for each in step.inputs:
            if each.definition.input_manager_key is not None:
                who = f"input {each.name!r} of {op.name!r} in {owner}"
                yield _Need(
                    key=each.definition.input_manager_key,
                    who=who,
                    source=block.source,
                    wanted=InputManager,
                )


def _manager(need: _Need) -> str:
    return "IO manager" if need.wanted is IOManager else "input manager"


def _missing(need: _Need, given: _Given, problem: str) -> MissingError:
    return MissingError(
        f"{problem}, {given.lacking}.{did_you_mean(need.key, given.resources)}",
        fix=given.giving(need.key),
        source=need.source,
        others=given.lines,
    )
