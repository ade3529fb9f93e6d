"""What of a JSON text is made into values, and what is refused before."""

from __future__ import annotations

import json

import pytest

from treadle_contract import json_codec
from treadle_contract.event import AssetMaterialized, OutputStored
from treadle_contract.fields import EPOCH
from treadle_contract.frame_bounds import FACT, FRAME, MAX_BYTES, MAX_FACT_BYTES
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.json_text import MAX_LEVELS, Shape, check_shape, parsed
from treadle_contract.message import ContractError, UserValue
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import AttemptSucceeded, JournalRecord

BOUNDS = Shape(values=9, levels=3)


def nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def refusal(text: bytes, most: Shape) -> str:
    with pytest.raises(ContractError) as caught:
        parsed(text, "Frame", most)
    return str(caught.value)


def test_a_text_may_be_nested_so_deep_and_no_deeper() -> None:
    assert parsed(nested(3), "Frame", BOUNDS) == {"a": [[]]}
    assert refusal(nested(4), BOUNDS) == (
        "Frame has values nested deeper than the 3 levels that may be"
    )


@pytest.mark.parametrize("levels", [MAX_LEVELS + 1, 980, 1_000_000])
def test_what_nobody_bounds_is_not_nested_deeper_than_can_be_read_and_written(levels: int) -> None:
    with pytest.raises(ContractError, match="nested deeper than the 128 levels"):
        parsed(nested(levels), "Frame")


def test_a_text_may_hold_so_many_values_and_no_more() -> None:
    assert parsed(b'{"a":[1,2,3,4,5,6,7,8]}', "Frame", BOUNDS)
    assert refusal(b'{"a":[1,2,3,4,5,6,7,8,9]}', BOUNDS) == (
        "Frame has 10 values, and 9 is the most"
    )


@pytest.mark.parametrize("text", ["[[[[[", ",,,,,,,,,,,,", '\\"[[[[[', "\\\\", '"', "{", "\\[[[[["])
def test_what_texts_say_is_not_counted(text: str) -> None:
    held = {"a": [[text]], text: 1}
    assert parsed(json.dumps(held).encode(), "Frame", BOUNDS) == held


def test_texts_without_end_are_refused_before_they_are_looked_at() -> None:
    assert refusal(b'"' * 1000 + b"," * 10, BOUNDS) == (
        "Frame has more than 9 values, which is the most"
    )


@pytest.mark.parametrize("digits", ["9" * 101, "-" + "9" * 100, "9" * 4000])
def test_a_whole_number_has_no_thousands_of_digits(digits: str) -> None:
    assert refusal(f'{{"a":{digits}}}'.encode(), BOUNDS) == (
        f"Frame is not JSON: a number has {len(digits):,} digits"
    )


def deepest() -> UserValue:
    value: UserValue = "at the bottom"
    for _ in range(21):
        value = (value,)
    return value


# Each is 512 KiB of JSON as `treadle` counts it, the most that it keeps of metadata.
@pytest.mark.parametrize(
    "value", [(1,) * 262_000, ((),) * 174_000, (None,) * 104_000, "x" * 524_000, deepest()]
)
def test_metadata_of_one_thing_can_always_be_told(value: UserValue) -> None:
    metadata = (MetadataEntry(name="all", value=value),)
    fact = AttemptSucceeded(
        stored=(OutputStored(output="result", asset_key="a", metadata=metadata),),
        materialized=(AssetMaterialized(output="result", asset_key="a", metadata=metadata),),
        yielded_outputs=("result",),
    )
    record = JournalRecord(
        number=1, task_id=TaskId("t"), step_key=StepKey("s"), attempt=1, time=EPOCH, fact=fact
    )

    text = json_codec.dumps(record)

    assert len(text) <= MAX_FACT_BYTES
    check_shape(text, "JournalRecord", FACT)


def test_what_a_host_takes_of_a_step_its_launcher_takes_of_the_host() -> None:
    # An envelope of two keys of 64 KiB in JSON, in a list and two objects.
    assert FACT.levels + 3 <= FRAME.levels
    assert FACT.values + 1000 <= FRAME.values
    assert MAX_FACT_BYTES + 2 * 6 * 64 * 1024 + 1000 < MAX_BYTES
