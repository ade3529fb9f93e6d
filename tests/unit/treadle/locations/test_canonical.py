import json
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.locations import canonical
from treadle.locations.canonical import CanonicalError, from_json, sparse_json
from treadle.locations.snapshot import (
    Asset,
    AssetSource,
    Block,
    Job,
    Manifest,
    OutputSource,
    Resource,
    Snapshot,
    SourceLine,
    Step,
    StepInput,
    StepOutput,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_contract.policy import Backoff, Jitter, Limits, RetryCause, RetryPolicy
from treadle_contract.value import MetadataEntry

text = st.text(max_size=8)
keys = text.map(KeyText)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
tags = st.dictionaries(text, text, max_size=2)
lines = st.none() | st.builds(SourceLine, file=text, line=st.integers(0, 9))
sources = st.builds(OutputSource, step_key=text.map(StepKey), output=text) | st.builds(
    AssetSource, asset_key=keys
)
names = st.lists(text, max_size=2).map(tuple)
steps = st.builds(
    Step,
    key=text.map(StepKey),
    node=text,
    block=text,
    op=text,
    inputs=st.lists(
        st.builds(StepInput, name=text, sources=st.lists(sources, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    outputs=st.lists(
        st.builds(StepOutput, name=text, asset_keys=names, input_names=st.none() | names),
        max_size=2,
    ).map(tuple),
    resource_keys=names,
    tags=tags,
    source=lines,
)
snapshots = st.builds(
    Snapshot,
    blocks=st.lists(
        st.builds(
            Block,
            name=text,
            asset_keys=names,
            unselected_outputs=st.none() | st.sampled_from(UnselectedOutputs),
            siblings=st.none() | st.sampled_from(Siblings),
            source=lines,
        ),
        max_size=2,
    ).map(tuple),
    steps=st.lists(steps, max_size=2).map(tuple),
    assets=st.lists(
        st.builds(
            Asset,
            key=keys,
            step_key=st.none() | text.map(StepKey),
            metadata=st.lists(
                st.builds(MetadataEntry, name=text, value=json_values), max_size=2
            ).map(tuple),
            tags=tags,
        ),
        max_size=2,
    ).map(tuple),
    jobs=st.lists(st.builds(Job, name=text, selection=text, tags=tags), max_size=2).map(tuple),
    resources=st.lists(st.builds(Resource, key=text, type_name=text), max_size=1).map(tuple),
    digest=text,
    manifest=st.builds(Manifest, ops=tags, files=tags, distributions=tags, definitions=tags),
    warnings=names,
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    colour: Colour
    names: frozenset[str] = frozenset()


@given(snapshots)
def test_a_snapshot_decodes_to_what_was_encoded(snapshot: Snapshot) -> None:
    assert canonical.decode(Snapshot, canonical.encode(snapshot)) == snapshot
    assert from_json(Snapshot, sparse_json(snapshot)) == snapshot


@given(snapshots)
def test_equal_snapshots_have_equal_bytes_whatever_the_order_of_mappings(
    snapshot: Snapshot,
) -> None:
    reversed_ops = dict(reversed(snapshot.manifest.ops.items()))
    manifest = Manifest(
        definitions=snapshot.manifest.definitions,
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
        b'{"block":"a","code_version":"","description":"","inputs":[],"key":"a",'
        b'"limits":{"cpu_seconds":2,"memory_bytes":1,"niceness":4,"open_files":3},'
        b'"node":"a","op":"a","outputs":[],"resource_keys":[],'
        b'"retry_policy":{"backoff":"linear","delay_ms":5,"jitter":"plus_minus",'
        b'"max_retries":2,"on":["oom","lost"]},'
        b'"source":{"file":"/a.py","line":7},"tags":{},"timeout_ms":0}'
    )
    assert canonical.encode(block) == (
        b'{"asset_keys":[],"can_subset":false,"description":"","is_graph":false,"isolation":null,"name":"a",'
        b'"siblings":"run","source":null,"unselected_outputs":"discard"}'
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


def test_what_is_at_its_default_needs_not_be_sent() -> None:
    snapshot = Snapshot(
        blocks=(Block(name="b", asset_keys=(KeyText("a"),), source=SourceLine(file="/a", line=1)),),
        warnings=("w",),
    )

    sparse = sparse_json(snapshot)

    assert sparse == {
        "blocks": [{"name": "b", "asset_keys": ["a"], "source": {"file": "/a", "line": 1}}],
        "warnings": ["w"],
    }
    assert from_json(Snapshot, sparse) == snapshot
