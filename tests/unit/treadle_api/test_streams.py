"""What is streamed in parts is read up to a bound, of bytes and of items."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message

from treadle_api.streams import Parts
from treadle_api.v1 import codeserver_pb2, graph_pb2
from treadle_contract.kinds import PARTS
from treadle_contract.message import ContractError


def count(part: Message, times: int) -> None:
    parts = Parts()
    for _ in range(times):
        parts.count(part)


def test_so_many_bytes_are_read_and_no_more() -> None:
    part = codeserver_pb2.GetGraphResponse()
    part.part.assets.add(key="a", description="x" * 4_000_000)
    times = PARTS.max_total_bytes // 4_000_000

    with pytest.raises(
        ContractError, match="GetGraphResponse is streamed in more than the 268,435,"
    ):
        count(part, times + 1)


def test_so_many_items_are_read_and_no_more() -> None:
    part = codeserver_pb2.GetManifestResponse(digest="d")
    part.manifest.ops.extend([graph_pb2.NamedDigest(name="o")] * 50_000)
    times = PARTS.max_items // 50_000

    with pytest.raises(ContractError, match="or the 2,000,000 items, that are read"):
        count(part, times + 1)
