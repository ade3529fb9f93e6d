"""What a step makes of assets with partitions: which keys one yielded output stands for, and their values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sized
from typing import Any, get_origin

from treadle._errors import did_you_mean
from treadle._output import Output
from treadle._value_words import a
from treadle.io._files import path_component
from treadle.partitions._in_contexts import told_keys
from treadle.steps._failures import StepFailedError
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import FailureWhere
from treadle_contract.worker import TaskAsset


@dataclass(frozen=True, slots=True)
class Part:
    """A value to store at once: of these partitions, or of an asset without any."""

    keys: tuple[str, ...]
    value: Any


def parts(
    output: Output[Any], asset: TaskAsset, made: Mapping[str, None], subject: str, *, nothing: bool
) -> Iterator[Part]:
    """Yield what is stored of an output for an asset, of which the run makes the keys of `made`.

    Treadle's own manager stores each partition for itself; one of the user's is told of all that the
    output is of.

    Raises:
        StepFailedError: the output does not say what is of which partition, or is of another one.
    """
    said = output.partition_key
    if said is not None and said not in made:
        raise _not_made(said, tuple(made), subject)
    keys = tuple(made) if said is None else (said,)
    if len(keys) <= 1 or nothing or not asset.value_key:
        yield Part(keys, output.value)
        return
    yield from _by_key(output.value, made, subject)


def is_of_all(output: Output[Any], keys: Sized, declared: Any) -> bool:
    """Tell whether an output is a mapping of several partitions, and declared as one."""
    kind = get_origin(declared) or declared
    is_mapping = isinstance(kind, type) and issubclass(kind, Mapping)
    return is_mapping and output.partition_key is None and len(keys) > 1


def _by_key(value: Any, made: Mapping[str, None], subject: str) -> Iterator[Part]:
    if not isinstance(value, Mapping):
        raise StepFailedError(
            FailureWhere.OUTPUT,
            f"{subject} is {a(type(value).__name__)}, and this run makes {told_keys(tuple(made))}. Return a mapping"
            " of partition key to value, or yield Output(value, partition_key=…) for each.",
        )
    for key in value:
        if key not in made:
            raise _not_made(str(key), tuple(made), subject)
    for key in made:
        if key in value:
            yield Part((key,), value[key])


def _not_made(key: str, keys: tuple[str, ...], subject: str) -> StepFailedError:
    if not keys:
        said = "which is an asset without partitions. Leave partition_key out"
    else:
        said = f"which this run does not make.{did_you_mean(key, keys)} It makes {told_keys(keys)}"
    return StepFailedError(FailureWhere.OUTPUT, f"{subject} is of partition {key!r}, {said}.")


def no_partitions(output: Output[Any], step_key: str) -> StepFailedError:
    """Make the failure of a step that names a partition of what has none."""
    return StepFailedError(
        FailureWhere.OUTPUT,
        f"Output {output.output_name!r} of {step_key!r} is of partition {output.partition_key!r}, and is"
        " no asset with partitions here. Leave partition_key out.",
    )


def refuse_twice(output: Output[Any], came: Collection[str | None], step_key: str) -> None:
    """Refuse a partition of an output that came already: it, or "" for a value of none.

    Raises:
        StepFailedError: it was.
    """
    if "" in came or output.partition_key in came:
        raise StepFailedError(
            FailureWhere.OUTPUT,
            f"Step {step_key!r} yielded partition {output.partition_key!r} of output"
            f" {output.output_name!r} twice. Yield each partition once.",
        )


def partition_value_key(key: str, partition_key: str) -> str:
    """Return the key of a partition's value, as the contract says of TaskAsset.value_key."""
    folder, _, name = key.rpartition("/")
    return f"{folder}{path_component(partition_key)}/{name}" if key and partition_key else key
