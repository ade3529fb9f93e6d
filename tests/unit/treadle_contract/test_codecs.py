"""Every class of messages: what protobuf and json_format hold is what the Python value holds."""

from __future__ import annotations

import pickle

import pytest
from google.protobuf import json_format
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.unit.treadle_contract import messages
from treadle_api.codec import from_proto, proto_class, to_proto
from treadle_contract import json_codec
from treadle_contract.encoded_size import size_of
from treadle_contract.message import Message

EVERY = pytest.mark.parametrize("cls", messages.CLASSES, ids=lambda cls: cls.__name__)
# What fails is shown as it was drawn: to make a message of forty fields smaller takes minutes.
FEW = settings(examples(5), phases=[Phase.explicit, Phase.generate])


@EVERY
@FEW
@given(data=st.data())
def test_protobuf_and_json_hold_what_was_written(cls: type[Message], data: st.DataObject) -> None:
    message = data.draw(messages.of(cls))
    proto = to_proto(message, proto_class(cls))
    assert from_proto(proto, cls) == message
    assert json_codec.loads(cls, json_codec.dumps(message)) == message
    assert json_format.Parse(json_codec.dumps(message), proto_class(cls)()) == proto
    assert json_codec.loads(cls, json_format.MessageToJson(proto).encode()) == message
    names = json_format.MessageToJson(proto, preserving_proto_field_name=True)
    assert json_codec.loads(cls, names.encode()) == message
    assert size_of(message) == proto.ByteSize()
    read = from_proto(proto, cls)
    assert pickle.loads(pickle.dumps(read)) == read
