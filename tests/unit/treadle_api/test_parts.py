"""What is streamed in parts is whole again when they are put together, and no part is large."""

from __future__ import annotations

import pytest

from treadle_api.parts import (
    PART_BYTES,
    PART_ITEMS,
    behind,
    enclosed,
    in_parts,
    joined,
    written_items,
)
from treadle_api.v1 import codeserver_pb2, graph_pb2
from treadle_contract.codeserver import EarlierStep, PlanReexecutionRequest
from treadle_contract.graph import GraphPart, Job, Location, Resource
from treadle_contract.ids import RunId, StepKey
from treadle_contract.plan import Reexecution, ReexecutionKind


def resources(count: int, size: int = 1) -> tuple[Resource, ...]:
    return tuple(Resource(key=f"{index:04}", type_name="x" * size) for index in range(count))


def parts_of(*items: Resource, jobs: int = 0) -> list[graph_pb2.GraphPart]:
    whole = GraphPart(jobs=tuple(Job(name=f"{job}") for job in range(jobs)), resources=items)
    return list(in_parts(whole, graph_pb2.GraphPart))


def test_nothing_is_one_part() -> None:
    assert parts_of() == [graph_pb2.GraphPart()]


def test_a_part_holds_no_more_than_its_items() -> None:
    parts = parts_of(*resources(PART_ITEMS + 1))

    assert [len(part.resources) for part in parts] == [PART_ITEMS, 1]
    assert [each.key for part in parts for each in part.resources] == [
        each.key for each in resources(PART_ITEMS + 1)
    ]


def test_lists_share_parts_and_keep_their_order() -> None:
    parts = parts_of(*resources(2), jobs=PART_ITEMS - 1)

    assert [(len(part.jobs), len(part.resources)) for part in parts] == [
        (PART_ITEMS - 1, 1),
        (0, 1),
    ]


def test_a_part_is_no_larger_than_its_bytes() -> None:
    parts = parts_of(*resources(8, size=PART_BYTES // 3))

    assert [len(part.resources) for part in parts] == [2, 2, 2, 2]
    assert [each.key for part in parts for each in part.resources] == [
        f"{index:04}" for index in range(8)
    ]


def test_an_item_that_is_too_large_stands_alone() -> None:
    small, large, last = resources(1)[0], resources(1, size=2 * PART_BYTES)[0], resources(1)[0]

    assert [len(part.resources) for part in parts_of(small, large, last)] == [1, 1, 1]


def test_what_is_no_list_of_messages_stands_in_the_first_part_alone() -> None:
    asked = Reexecution(parent_run_id=RunId("r"), kind=ReexecutionKind.ALL)
    steps = tuple(EarlierStep(key=StepKey(f"s{number}")) for number in range(1200))

    whole = PlanReexecutionRequest(reexecution=asked, earlier_steps=steps)
    parts = list(in_parts(whole, codeserver_pb2.PlanReexecutionRequest))

    assert [part.HasField("reexecution") for part in parts] == [True, False, False]
    assert [len(part.earlier_steps) for part in parts] == [500, 500, 200]


def test_a_head_has_the_first_part_in_it_if_that_fits() -> None:
    head = graph_pb2.GraphPart(location=graph_pb2.Location(name="l"))
    small, large = parts_of(*resources(1)), parts_of(*resources(1, size=PART_BYTES))

    written = head.SerializeToString()

    (data,) = behind(written, [each.SerializeToString() for each in small])
    found = behind(written, [each.SerializeToString() for each in large])

    joined = graph_pb2.GraphPart.FromString(data)
    assert (joined.location.name, len(joined.resources)) == (Location(name="l").name, 1)
    assert list(map(graph_pb2.GraphPart.FromString, found)) == [head, *large]
    assert list(behind(written, [])) == [written]


def test_items_that_were_written_are_joined_behind_a_head() -> None:
    head = graph_pb2.GraphPart(location=graph_pb2.Location(name="l"))
    items = list(written_items(GraphPart(resources=resources(PART_ITEMS + 1)), graph_pb2.GraphPart))

    first, second = map(graph_pb2.GraphPart.FromString, joined(head.SerializeToString(), items))

    assert (first.location.name, len(first.resources), len(second.resources)) == ("l", 500, 1)
    assert list(joined(head.SerializeToString(), [])) == [head.SerializeToString()]


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 3_000_000])
def test_a_part_that_was_written_is_enclosed_as_protobuf_does_it(size: int) -> None:
    part = graph_pb2.GraphPart(resources=[graph_pb2.Resource(key="x" * size)])

    data = enclosed(part.SerializeToString())

    assert data == codeserver_pb2.GetGraphResponse(part=part).SerializeToString()
