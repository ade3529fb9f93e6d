"""Dataclasses as stored JSON: what is read is what was written, also by a newer version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.model.examples import examples
from tests.unit.treadle_contract.messages import of
from treadle_contract.event import AssetMaterialized
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import compile_all
from treadle_contract.message import Message, UserValue
from treadle_contract.plan import Hazard, Load, PlanHeader, PlannedStep
from treadle_contract.value import MetadataEntry
from treadle_launcher import codec
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.runs.events import EVENT_KINDS, Payload

# Of each of forty classes.
FEW = examples(10)
# UTC has no hour twice: `fold` says nothing there.
moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
user_values: st.SearchStrategy[UserValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | moments,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture(autouse=True, scope="module")
def metadata_strategy() -> None:
    # The alias of user values names itself, which Hypothesis cannot follow.
    entries = st.builds(MetadataEntry, name=st.text(), value=user_values, rendering=st.text())
    st.register_type_strategy(MetadataEntry, entries)
    st.register_type_strategy(datetime, moments)
    # What a class takes is to be seen once it has made an instance, or might have.
    compile_all()


@FEW
@given(st.data())
@pytest.mark.parametrize(
    "cls",
    [*EVENT_KINDS.values(), LaunchSpec, PlannedStep, Load, Hazard],
    ids=lambda cls: cls.__name__,
)
def test_what_was_written_is_read_as_it_was(
    cls: type[Payload | LaunchSpec], data: st.DataObject
) -> None:
    value = data.draw(of(cls) if issubclass(cls, Message) else st.from_type(cls))

    assert codec.loads(cls, codec.dumps(value)) == value


@given(user_values)
def test_kinds_of_user_values_are_kept_apart(value: UserValue) -> None:
    written = AssetMaterialized(
        asset_key=KeyText("a"), output="o", metadata=(MetadataEntry(name="n", value=value),)
    )

    read = codec.loads(AssetMaterialized, codec.dumps(written))

    # 1, 1.0 and True are equal in Python; their texts are not.
    assert repr(read) == repr(written)


def test_a_time_keeps_its_microseconds_and_zone() -> None:
    moment = datetime(2024, 2, 29, 12, 0, 0, 123_456, tzinfo=UTC)
    entry = MetadataEntry(name="at", value=moment)

    assert codec.loads(MetadataEntry, codec.dumps(entry)).value == moment


def test_defaults_are_left_out() -> None:
    header = PlanHeader(location="l", digest="d", fingerprint="f")

    assert codec.dumps(header) == '{"location":"l","digest":"d","fingerprint":"f"}'


def test_fields_of_a_newer_version_are_passed_over() -> None:
    text = '{"location":"l","digest":"d","fingerprint":"f","colour":"red"}'

    assert codec.loads(PlanHeader, text) == PlanHeader(location="l", digest="d", fingerprint="f")


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Paint:
    colour: Colour = Colour.RED
    shares: Mapping[str, int] = field(default_factory=dict)


@pytest.mark.parametrize("text", ["", "[]", '{"colour":"blue"}', '{"shares":3}', "null"])
def test_what_is_no_such_object_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(codec.CodecError, match="this is no Paint"):
        codec.loads(Paint, text)


def test_a_lone_surrogate_is_kept() -> None:
    entry = MetadataEntry(name="file", value="\udcff")

    text = codec.dumps(entry)

    assert text.isascii()
    assert codec.loads(MetadataEntry, text) == entry
