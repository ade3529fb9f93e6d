from __future__ import annotations

from treadle_api.v1 import graph_pb2
from treadle_codeserver import defaults
from treadle_codeserver.wire.parts import in_parts


def resources(count: int, size: int = 1) -> list[graph_pb2.Resource]:
    return [graph_pb2.Resource(key=f"{index:06}".ljust(size, "x")) for index in range(count)]


def test_nothing_is_one_part() -> None:
    first = graph_pb2.GraphPart(location=graph_pb2.Location(name="here"))

    assert list(in_parts(first, [("resources", [])])) == [first]


def test_a_part_holds_no_more_than_its_items() -> None:
    items = resources(defaults.PART_ITEMS * 2 + 1)

    parts = list(in_parts(graph_pb2.GraphPart(), [("resources", items)]))

    assert [len(part.resources) for part in parts] == [500, 500, 1]
    assert [item for part in parts for item in part.resources] == items


def test_sections_share_parts_and_keep_their_order() -> None:
    jobs = [graph_pb2.Job(name=str(index)) for index in range(499)]
    items = resources(2)

    first, second = in_parts(graph_pb2.GraphPart(), [("jobs", jobs), ("resources", items)])

    assert (len(first.jobs), len(first.resources)) == (499, 1)
    assert (len(second.jobs), len(second.resources)) == (0, 1)


def test_a_part_is_no_larger_than_its_bytes() -> None:
    items = resources(30, size=100_000)

    parts = list(in_parts(graph_pb2.GraphPart(), [("resources", items)]))

    assert len(parts) > 1
    assert all(part.ByteSize() <= defaults.PART_BYTES + 1024 for part in parts)
    assert [item for part in parts for item in part.resources] == items


def test_an_item_that_is_too_large_stands_alone() -> None:
    items = [*resources(1), *resources(1, size=defaults.PART_BYTES + 1), *resources(1)]

    parts = list(in_parts(graph_pb2.GraphPart(), [("resources", items)]))

    assert [len(part.resources) for part in parts] == [1, 1, 1]
