"""The check of what a host reports: against the task that it was given. Pure.

What a single field may be, the contract says beside it, and is checked before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from treadle_contract.checks import is_blocking
from treadle_contract.event import InputLoaded, OutputStored
from treadle_contract.fan_outs import MAPPING_KEY, element_value_key
from treadle_contract.plan import UnselectedOutputs
from treadle_contract.worker import (
    AttemptFailed,
    AttemptSucceeded,
    JournalRecord,
    TaskAsset,
    TaskOutput,
    TaskStep,
)
from treadle_launcher.runs.journal import Record, implausible
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import reported_step
from treadle_launcher.values.value_keys import of_partition
from treadle_partitions import planned_keys

_FILES: Final = "files"
"""The store of the launcher's home."""
_CODEC: Final = "pickle5"
_CHECKSUM: Final = re.compile("crc32:[0-9a-f]{8}")
"""How that store names what it holds: readers of values go by these, and take no others."""


def believed(view: RunView, record: Record, told: TaskStep | None = None) -> Record:
    """Return a record of an attempt that runs, as Implausible where it cannot be of that attempt.

    `told` is what the host was told of the step; None: what it must have been is made out.
    """
    problem = next(_problems(view, record, told), None)
    if problem is None:
        return record
    return implausible(record, f"JournalRecord.{problem}")


def _problems(view: RunView, record: Record, told: TaskStep | None) -> Iterator[str]:
    match record.fact:
        case InputLoaded(input=name):
            if all(planned.name != name for planned in view.index.step(record.step_key).inputs):
                yield f"input_loaded.input is {name!r}, which is not an input of the step"
        case AttemptSucceeded() as fact:
            step = told or reported_step(view, record.step_key, record.attempt)
            yield from _made(fact, step, view)
            yield from _blocked(fact, is_failure=False)
            yield from _unknown_next(view, record)
        case AttemptFailed(made=made) if made is not None:
            step = told or reported_step(view, record.step_key, record.attempt)
            for problem in (*_made(made, step, view), *_blocked(made, is_failure=True)):
                yield f"failed.made.{problem.removeprefix('succeeded.')}"
            if record.next_step_key:
                yield f"next_step_key is {record.next_step_key!r}, after a blocking check"
        case AttemptFailed() if record.next_step_key not in ("", record.step_key):
            yield f"next_step_key is {record.next_step_key!r}, after a failure of another step"


def _made(fact: AttemptSucceeded, step: TaskStep, view: RunView) -> Iterator[str]:
    outputs = {output.name: output for output in step.outputs}
    # In this order: each takes for granted what those before it looked at.
    yield from _unknown_outputs(fact, outputs)
    yield from _lacking(fact, outputs)
    yield from _fanned_out(fact, outputs)
    yield from _stored(fact, step, outputs, view)
    yield from _unstored(fact, step)
    yield from _discarded(fact)
    yield from _evaluated(fact, outputs)


def _evaluated(fact: AttemptSucceeded, outputs: Mapping[str, TaskOutput]) -> Iterator[str]:
    """Tell where the results are not those of the checks whose outputs were yielded, one each."""
    expected = {
        (output.check.asset_key, output.check.name): output.check.blocking
        for output in outputs.values()
        if output.check is not None and output.name in fact.yielded_outputs
    }
    for number, each in enumerate(fact.checks):
        blocking = expected.pop((each.asset_key, each.check_name), None)
        where = f"succeeded.checks[{number}]"
        if blocking is None:
            yield f"{where} is of {each.asset_key}:{each.check_name}, which is not evaluated here"
        elif blocking is not each.blocking:
            yield f"{where}.blocking is {each.blocking}, and the task says otherwise"
    for asset_key, name in expected:
        yield f"succeeded.checks lacks {asset_key}:{name}, whose output was yielded"


def _blocked(fact: AttemptSucceeded, *, is_failure: bool) -> Iterator[str]:
    if any(map(is_blocking, fact.checks)) is is_failure:
        return
    yield "succeeded.checks has " + (
        "no blocking one that does not hold" if is_failure else "a blocking one that does not hold"
    )


def _unknown_next(view: RunView, record: JournalRecord) -> Iterator[str]:
    if not record.next_step_key:
        return
    together = view.tasks.get(record.task_id, {})
    place = together.get(record.step_key, len(together))
    if together.get(record.next_step_key, -1) <= place:
        yield f"next_step_key is {record.next_step_key!r}, which is no later step of the task"


def _unknown_outputs(fact: AttemptSucceeded, outputs: Mapping[str, TaskOutput]) -> Iterator[str]:
    yield from _twice(fact.yielded_outputs, "yielded_outputs")
    for number, name in enumerate(fact.yielded_outputs):
        if name not in outputs:
            yield f"succeeded.yielded_outputs[{number}] is {name!r}, which is not an output of the step"


def _lacking(fact: AttemptSucceeded, outputs: Mapping[str, TaskOutput]) -> Iterator[str]:
    yielded = set(fact.yielded_outputs)
    for output in outputs.values():
        if output.must_yield and output.name not in yielded:
            yield f"succeeded.yielded_outputs lacks {output.name!r}, which the step must yield"
    for number, stored in enumerate(fact.stored):
        if stored.output not in yielded:
            yield f"succeeded.stored[{number}].output is {stored.output!r}, which was not yielded"


def _fanned_out(fact: AttemptSucceeded, outputs: Mapping[str, TaskOutput]) -> Iterator[str]:
    """Tell where the mapping keys are not those of the dynamic outputs that were yielded."""
    yield from _twice([each.output for each in fact.fanned_out], "fanned_out")
    for number, each in enumerate(fact.fanned_out):
        where = f"succeeded.fanned_out[{number}]"
        output = outputs.get(each.output)
        if output is None or not output.dynamic or each.output not in fact.yielded_outputs:
            yield f"{where}.output is {each.output!r}, which is no dynamic output that was yielded"
        yield from _twice(each.mapping_keys, f"fanned_out[{number}].mapping_keys")
        for key in each.mapping_keys:
            if MAPPING_KEY.fullmatch(key) is None:
                yield f"{where}.mapping_keys has {key!r}, which is no mapping key"
    told = {each.output for each in fact.fanned_out}
    for name in fact.yielded_outputs:
        if outputs[name].dynamic and name not in told:
            yield f"succeeded.fanned_out lacks {name!r}, which was yielded"


def _stored(
    fact: AttemptSucceeded, step: TaskStep, outputs: Mapping[str, TaskOutput], view: RunView
) -> Iterator[str]:
    partitions: dict[str, frozenset[str]] = {}
    seen: set[tuple[str, ...]] = set()
    keys = {each.output: frozenset(each.mapping_keys) for each in fact.fanned_out}
    for number, stored in enumerate(fact.stored):
        where = f"succeeded.stored[{number}]"
        output = outputs[stored.output]
        what = (stored.output, stored.asset_key, stored.mapping_key, stored.partition_key)
        if what in seen:
            named = [*what[:2], *filter(None, what[3:])]
            yield f"{where} is of {' and '.join(map(repr, named))}, as one before it"
        seen.add(what)
        if stored.mapping_key not in keys.get(stored.output, ("",)):
            yield f"{where}.mapping_key is {stored.mapping_key!r}, which was not yielded"
        if not stored.asset_key:
            key = "" if output.nothing else element_value_key(output.value_key, stored.mapping_key)
            if stored.in_memory is not (output.in_memory and not output.store_intermediate):
                yield f"{where}.in_memory is {stored.in_memory}, and the task says otherwise"
            yield from _wrong_ref(stored, key, f"{where}.value_ref")
            continue
        asset = _asset(output, stored.asset_key)
        if asset is None or not _may_be_made(step, output, asset):
            yield f"{where}.asset_key is {stored.asset_key!r}, which the output does not make here"
        elif stored.partition_key not in _keys(asset, view, partitions):
            yield f"{where}.partition_key is {stored.partition_key!r}, which is not made here"
        else:
            key = of_partition(asset.value_key, stored.partition_key)
            yield from _wrong_ref(stored, key, f"{where}.value_ref")


def _keys(asset: TaskAsset, view: RunView, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what partitions of an asset may be made; of one without any that of no name."""
    key = asset.asset_key
    if key not in known:
        definitions = view.plan.header.partitions_definitions
        made = planned_keys(asset.partitions, definitions)
        known[key] = frozenset(("",) if asset.partitions is None else made)
    return known[key]


def _unstored(fact: AttemptSucceeded, step: TaskStep) -> Iterator[str]:
    stored = {(each.output, each.asset_key) for each in fact.stored}
    elements = {(each.output, each.mapping_key) for each in fact.stored}
    keys = {each.output: each.mapping_keys for each in fact.fanned_out}
    for output in step.outputs:
        if output.name not in fact.yielded_outputs:
            continue
        for asset in output.assets:
            if _may_be_made(step, output, asset) and (output.name, asset.asset_key) not in stored:
                yield f"succeeded.stored lacks {output.name!r} as {asset.asset_key!r}, yielded here"
        # What only orderings read is nowhere.
        is_made = any(_may_be_made(step, output, asset) for asset in output.assets)
        is_passed_on = output.in_memory and not is_made
        has_value = (output.store_intermediate or is_passed_on) and not output.nothing
        if has_value and output.dynamic:
            for key in keys.get(output.name, ()):
                if (output.name, key) not in elements:
                    yield f"succeeded.stored lacks {output.name!r} of {key!r}, which was yielded"
        elif has_value and (output.name, "") not in stored:
            yield f"succeeded.stored lacks {output.name!r}, which was yielded, and the run reads it"


def _asset(output: TaskOutput, key: str) -> TaskAsset | None:
    return next((asset for asset in output.assets if asset.asset_key == key), None)


def _may_be_made(step: TaskStep, output: TaskOutput, asset: TaskAsset) -> bool:
    if output.selected:
        return asset.selected
    return step.unselected_outputs is UnselectedOutputs.MATERIALIZE


def _wrong_ref(stored: OutputStored, key: str, where: str) -> Iterator[str]:
    ref = stored.value_ref
    if not key and ref is not None:
        yield f"{where} is set, and the value is none of Treadle's own manager"
    elif key and ref is None:
        yield f"{where} is not set"
    elif ref is not None and (ref.store, ref.key) != (_FILES, key):
        yield f"{where} is {ref.key!r} in {ref.store!r}; the value belongs at {key!r} in {_FILES!r}"
    elif ref is not None and ref.codec != _CODEC:
        yield f"{where}.codec is {ref.codec!r}, not {_CODEC!r}"
    elif ref is not None and not _CHECKSUM.fullmatch(ref.checksum):
        yield f"{where}.checksum is {ref.checksum!r}, not as crc32:89abcdef"


def _discarded(fact: AttemptSucceeded) -> Iterator[str]:
    for number, dropped in enumerate(fact.discarded):
        if dropped.output in fact.yielded_outputs:
            yield f"succeeded.discarded[{number}].output is {dropped.output!r}, which was yielded"


def _twice(names: Iterable[str], field: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield f"succeeded.{field}[{number}] is {name!r}, as one before it"
        seen.add(name)
