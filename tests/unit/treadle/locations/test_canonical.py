import json
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given

from tests.random_snapshots import snapshots
from treadle.locations import canonical
from treadle.locations.canonical import CanonicalError
from treadle.locations.snapshot import (
    Block,
    Manifest,
    Snapshot,
    SourceLine,
    Step,
)
from treadle_contract.ids import StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_contract.policy import Backoff, Jitter, Limits, RetryCause, RetryPolicy
from treadle_contract.value import MetadataEntry


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    colour: Colour
    names: frozenset[str] = frozenset()


@given(snapshots)
def test_a_snapshot_decodes_to_what_was_encoded(snapshot: Snapshot) -> None:
    assert canonical.decode(Snapshot, canonical.encode(snapshot)) == snapshot


@given(snapshots)
def test_equal_snapshots_have_equal_bytes_whatever_the_order_of_mappings(
    snapshot: Snapshot,
) -> None:
    reversed_ops = dict(reversed(snapshot.manifest.ops.items()))
    manifest = Manifest(
        values=snapshot.manifest.values,
        distributions=snapshot.manifest.distributions,
        files=snapshot.manifest.files,
        ops=reversed_ops,
    )

    assert canonical.encode(manifest) == canonical.encode(snapshot.manifest)


def test_what_the_contract_says_of_code_stands_there_as_it_always_did() -> None:
    """Digests of unchanged code rest on it."""
    step = Step(
        key=StepKey("a"),
        node="a",
        block="a",
        op="a",
        retry_policy=RetryPolicy(
            max_retries=2,
            on=(RetryCause.OOM, RetryCause.LOST),
            delay_ms=5,
            backoff=Backoff.LINEAR,
            jitter=Jitter.PLUS_MINUS,
        ),
        limits=Limits(memory_bytes=1, cpu_seconds=2, open_files=3, niceness=4),
        source=SourceLine(file="/a.py", line=7),
    )
    block = Block(
        name="a",
        asset_keys=(),
        unselected_outputs=UnselectedOutputs.DISCARD,
        siblings=Siblings.RUN,
    )

    assert canonical.encode(step) == (
        b'{"block":"a","code_version":"","config":null,"description":"","inputs":[],"key":"a",'
        b'"limits":{"cpu_seconds":2,"memory_bytes":1,"niceness":4,"open_files":3},"mapped_over":[],'
        b'"node":"a","op":"a","outputs":[],"resource_keys":[],'
        b'"retry_policy":{"backoff":"linear","delay_ms":5,"jitter":"plus_minus",'
        b'"max_retries":2,"on":["oom","lost"]},'
        b'"source":{"file":"/a.py","line":7},"tags":{},"timeout_ms":0,"told_inputs":null}'
    )
    assert canonical.encode(block) == (
        b'{"asset_keys":[],"can_subset":false,"checks":[],"description":"","is_graph":false,"isolation":null,"name":"a",'
        b'"observed_keys":[],"reuse":null,"siblings":"run","source":null,"unselected_outputs":"discard"}'
    )
    assert canonical.encode(MetadataEntry(name="n", value=(1, None), rendering="json")) == (
        b'{"name":"n","rendering":"json","value":[1,null]}'
    )


def test_bytes_are_compact_sorted_ascii() -> None:
    encoded = canonical.encode(Painted(colour=Colour.RED, names=frozenset({"é", "a"})))

    assert encoded == b'{"colour":"red","names":["\\u00e9","a"]}'


def test_text_that_is_no_unicode_survives() -> None:
    entry = MetadataEntry(name="\ud800", value="\udfff")

    assert canonical.decode(MetadataEntry, canonical.encode(entry)) == entry


@pytest.mark.parametrize("number", [1, 1.0, True, -0.0, float("inf"), 2**70])
def test_numbers_keep_their_type(number: float) -> None:
    entry = MetadataEntry(name="n", value=number)

    decoded = canonical.decode(MetadataEntry, canonical.encode(entry))

    assert (type(decoded.value), repr(decoded.value)) == (type(number), repr(number))


@pytest.mark.parametrize("value", [object(), b"bytes", {1: "one"}, MetadataEntry])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"name":"n"}',
        b'{"name":1,"value":null}',
        b'{"name":"n","value":null,"other":1}',
    ],
)
def test_bytes_of_another_type_are_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        canonical.decode(MetadataEntry, data)


def test_a_value_that_is_no_member_of_the_enum_is_refused() -> None:
    with pytest.raises(CanonicalError, match="blue"):
        canonical.decode(Painted, json.dumps({"colour": "blue"}).encode())


def test_missing_fields_take_their_defaults() -> None:
    assert canonical.decode(Painted, b'{"colour":"red"}') == Painted(colour=Colour.RED)
