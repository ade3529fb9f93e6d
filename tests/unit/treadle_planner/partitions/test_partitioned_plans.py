"""Plans of what has partitions: what each asset makes, what each input reads, what is loaded, what is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.model.build import Made, graph, location, op, single
from tests.unit.treadle_partitions.made import static, windows
from treadle.locations.snapshot import AssetSource, Job, Snapshot
from treadle_contract.codeserver import AssetFact, PartitionFact, PlanRequest
from treadle_contract.ids import KeyText
from treadle_contract.partition import (
    PartitionKeyRange,
    PartitionMapping,
    PartitionsDefinition,
    TimeWindowMapping,
)
from treadle_contract.plan import PlannedPartitions, PlanOptions, Selection
from treadle_partitions import ALL, IDENTITY, LAST
from treadle_planner import Planner, PlanRefused, RefusalReason, Settled, Told

NOW = datetime(2024, 1, 31, 12, tzinfo=UTC)
DAYS = replace(windows("0 0 * * *", datetime(2024, 1, 1)), id="days")
WEEKS = replace(windows("0 0 * * 1", datetime(2024, 1, 1)), id="weeks")
DAY_BEFORE = PartitionMapping(of=TimeWindowMapping(start_offset=-1, end_offset=-1))
SIDES = replace(static("left", "right"), id="sides")

A = single("a", op({}, "result -> a"))
B = single("b", op({"a": "@a"}, "result -> b"))


def partitioned(
    of: Mapping[str, PartitionsDefinition],
    *made: Made,
    mappings: Mapping[tuple[str, str], PartitionMapping] | None = None,
) -> Snapshot:
    """A location whose assets have partitions; `mappings` by the reader's step and the asset it reads."""
    snapshot = location(*made)
    given = mappings or {}

    def source(step: str, each: Any) -> Any:
        mapping = given.get((step, each.asset_key)) if isinstance(each, AssetSource) else None
        return each if mapping is None else replace(each, mapping=mapping)

    steps = tuple(
        replace(
            step,
            inputs=tuple(
                replace(each, sources=tuple(source(step.key, one) for one in each.sources))
                for each in step.inputs
            ),
        )
        for step in snapshot.steps
    )
    assets = tuple(
        replace(asset, partitions=of[asset.key].id) if asset.key in of else asset
        for asset in snapshot.assets
    )
    unique = {each.id: each for each in of.values()}
    return replace(
        snapshot,
        steps=steps,
        assets=assets,
        partitions=tuple(unique[each] for each in sorted(unique)),
    )


def ranges(*texts: str) -> tuple[PartitionKeyRange, ...]:
    pairs = [text.partition("..") for text in texts]
    return tuple(PartitionKeyRange(first=first, last=last or first) for first, _, last in pairs)


def told(partitions: PlannedPartitions | None) -> list[str] | None:
    if partitions is None:
        return None
    return [
        each.first if each.first == each.last else f"{each.first}..{each.last}"
        for each in partitions.ranges
    ]


def settled(
    snapshot: Snapshot,
    *selection: str,
    partitions: Collection[str] = (),
    stored: Mapping[str, Collection[str]] | None = None,
) -> Settled:
    """Plan on a record: `stored` are partitions by asset."""
    request = PlanRequest(
        selection=Selection(expressions=selection),
        options=PlanOptions(partitions=ranges(*partitions)),
        now=NOW,
    )
    talk = Planner(snapshot).on_record(request)
    made = stored or {}
    try:
        question = next(talk)
        while True:
            facts = [AssetFact(asset_key=key, recorded=key in made) for key in question.recorded]
            facts += [
                AssetFact(
                    asset_key=each.asset_key,
                    recorded=each.asset_key in made,
                    partitions=tuple(
                        PartitionFact(keys=PartitionKeyRange(first=key, last=key))
                        for key in made.get(each.asset_key, ())
                    ),
                )
                for each in question.partitions
            ]
            question = talk.send(Told(facts=tuple(facts)))
    except StopIteration as end:
        found: Settled = end.value
        return found


def source_of(found: Settled, step: str, name: str) -> Any:
    (planned,) = (each for each in found.plan.steps if each.key == step)
    (read,) = (each for each in planned.inputs if each.name == name)
    return read.sources[0]


def test_each_asset_makes_the_partition_that_was_asked_for_and_reads_the_same_of_the_other() -> (
    None
):
    snapshot = partitioned({"a": DAYS, "b": DAYS}, A, B)

    found = settled(snapshot, "a or b", partitions=["2024-01-04"])

    assert [told(step.partitions) for step in found.plan.steps] == [["2024-01-04"]] * 2
    assert [told(step.outputs[0].assets[0].partitions) for step in found.plan.steps] == [
        ["2024-01-04"]
    ] * 2
    read = source_of(found, "b", "a")
    assert read.step_output.step_key == "a"
    assert told(read.partitions) == ["2024-01-04"]
    assert not read.by_partition
    assert found.plan.loads == ()


def test_what_is_not_made_is_loaded_of_that_partition_and_of_no_other() -> None:
    snapshot = partitioned({"a": DAYS, "b": DAYS}, A, B)

    found = settled(
        snapshot, "b", partitions=["2024-01-04"], stored={"a": ["2024-01-03", "2024-01-04"]}
    )

    (load,) = found.plan.loads
    assert (load.asset_key, told(load.partitions)) == ("a", ["2024-01-04"])
    with pytest.raises(PlanRefused) as refused:
        settled(snapshot, "b", partitions=["2024-01-04"], stored={"a": ["2024-01-03"]})
    assert refused.value.reason is RefusalReason.NEVER_MATERIALIZED
    assert "a, partition 2024-01-04, which no run has made" in refused.value.message
    assert refused.value.smallest == "b or a"


def test_an_offset_reads_the_day_before_though_the_run_makes_another_one() -> None:
    snapshot = partitioned({"a": DAYS, "b": DAYS}, A, B, mappings={("b", "a"): DAY_BEFORE})

    found = settled(snapshot, "a or b", partitions=["2024-01-04"], stored={"a": ["2024-01-03"]})

    read = source_of(found, "b", "a")
    assert read.load_asset_key == "a"
    assert told(found.plan.loads[0].partitions) == ["2024-01-03"]
    with pytest.raises(PlanRefused, match="Make partition 2024-01-03 of a first"):
        settled(snapshot, "a or b", partitions=["2024-01-04"])


def test_a_range_reads_what_it_makes_from_the_run_and_the_rest_from_what_is_stored() -> None:
    snapshot = partitioned({"a": DAYS, "b": DAYS}, A, B, mappings={("b", "a"): DAY_BEFORE})

    found = settled(
        snapshot,
        "a or b",
        partitions=["2024-01-04..2024-01-06"],
        stored={"a": ["2024-01-03"]},
    )

    read = source_of(found, "b", "a")
    assert read.step_output.step_key == "a"
    assert told(read.partitions) == ["2024-01-03..2024-01-05"]
    assert told(read.loaded_partitions) == told(found.plan.loads[0].partitions) == ["2024-01-03"]
    assert read.by_partition
    assert [each.id for each in found.plan.partitions_definitions] == ["days"]


def test_a_plan_has_the_definitions_of_its_ranges_of_several_keys_alone() -> None:
    other = single("c", op({}, "result -> c"))
    snapshot = partitioned({"a": DAYS, "b": DAYS, "c": SIDES}, A, B, other)

    def sent(selection: str, *partitions: str) -> list[str]:
        found = settled(
            snapshot, selection, partitions=list(partitions), stored={"a": [*partitions]}
        )
        return [each.id for each in found.plan.partitions_definitions]

    assert sent("a or b", "2024-01-04") == sent("b", "2024-01-04") == sent("c", "left") == []
    assert sent("a", "2024-01-04..2024-01-06") == ["days"]


def test_what_reads_several_partitions_has_their_definition_in_its_plan() -> None:
    snapshot = partitioned({"a": DAYS, "b": WEEKS}, A, B)
    days = [f"2024-01-{day:02}" for day in range(8, 15)]

    found = settled(snapshot, "b", partitions=["2024-01-08"], stored={"a": days})

    assert [each.id for each in found.plan.partitions_definitions] == ["days"]


def test_a_week_reads_its_days_by_their_keys() -> None:
    snapshot = partitioned({"a": DAYS, "b": WEEKS}, A, B)
    days = [f"2024-01-{day:02}" for day in range(8, 15)]

    found = settled(snapshot, "b", partitions=["2024-01-08"], stored={"a": days})

    assert told(found.plan.loads[0].partitions) == ["2024-01-08..2024-01-14"]
    assert source_of(found, "b", "a").by_partition
    with pytest.raises(PlanRefused, match=r"a, partition 2024-01-10, which no run has made"):
        settled(snapshot, "b", partitions=["2024-01-08"], stored={"a": [*days[:2], *days[3:]]})


def test_a_selected_asset_of_another_definition_gets_its_partitions_by_the_mapping() -> None:
    snapshot = partitioned({"a": DAYS, "b": WEEKS}, A, B)

    from_day = settled(
        snapshot,
        "a or b",
        partitions=["2024-01-10"],
        stored={"a": [f"2024-01-{day:02}" for day in range(8, 15)]},
    )

    made = {step.key: told(step.partitions) for step in from_day.plan.steps}
    assert made == {"a": ["2024-01-10"], "b": ["2024-01-08"]}
    assert told(source_of(from_day, "b", "a").loaded_partitions) == [
        "2024-01-08..2024-01-09",
        "2024-01-11..2024-01-14",
    ]


def test_a_key_of_two_definitions_is_refused_and_names_both() -> None:
    snapshot = partitioned({"a": DAYS, "b": WEEKS}, A, B)

    with pytest.raises(PlanRefused, match="several definitions: of a and b") as refused:
        settled(snapshot, "a or b", partitions=["2024-01-08"])

    assert refused.value.reason is RefusalReason.NOT_PARTITIONED


def test_a_job_says_which_of_two_definitions_its_keys_are_of() -> None:
    snapshot = partitioned({"a": DAYS, "b": WEEKS}, A, B)
    job = Job(name="weekly", selection="a or b", partitions="weeks")
    request = PlanRequest(
        selection=Selection(job="weekly"),
        options=PlanOptions(partitions=ranges("2024-01-08")),
        now=NOW,
    )

    plan = Planner(replace(snapshot, jobs=(job,))).plan(request)

    assert {step.key: told(step.partitions) for step in plan.steps} == {
        "a": ["2024-01-08..2024-01-14"],
        "b": ["2024-01-08"],
    }


def test_what_has_no_partitions_is_made_as_always_and_reads_all_that_are_made() -> None:
    snapshot = partitioned({"a": DAYS}, A, B)

    found = settled(snapshot, "b", stored={"a": ["2024-01-02"]})

    read = source_of(found, "b", "a")
    assert (read.every_partition, read.by_partition, read.partitions) == (True, True, None)
    assert found.plan.loads[0].every_partition
    assert found.plan.steps[-1].partitions is None
    both = settled(snapshot, "a or b", partitions=["2024-01-03"], stored={"a": ["2024-01-02"]})
    assert source_of(both, "b", "a").step_output.step_key == "a"
    assert both.plan.loads[0].every_partition
    with pytest.raises(PlanRefused, match="which no run has made"):
        settled(snapshot, "b")


@pytest.mark.parametrize("mapping", [IDENTITY, ALL, LAST])
def test_an_asset_without_partitions_is_read_as_one_value_by_any_mapping(
    mapping: PartitionMapping,
) -> None:
    snapshot = partitioned({"b": DAYS}, A, B, mappings={("b", "a"): mapping})

    found = settled(snapshot, "b", partitions=["2024-01-04"], stored={"a": []})

    read = source_of(found, "b", "a")
    assert (read.partitions, read.by_partition, read.every_partition) == (None, False, False)


def test_the_last_partition_is_read_as_a_value() -> None:
    snapshot = partitioned({"a": DAYS}, A, B, mappings={("b", "a"): LAST})

    found = settled(snapshot, "b", stored={"a": ["2024-01-30"]})

    assert told(found.plan.loads[0].partitions) == ["2024-01-30"]
    assert not source_of(found, "b", "a").by_partition


@pytest.mark.parametrize(
    ("selection", "partitions", "reason", "said"),
    [
        (
            "a",
            (),
            "BAD_PARTITION",
            "a has partitions, and none was named. .*--partition 2024-01-30",
        ),
        ("c", ("2024-01-04",), "NOT_PARTITIONED", "nothing that is selected has partitions"),
        (
            "a",
            ("2024-01-40",),
            "UNKNOWN_PARTITIONS",
            "no partition '2024-01-40'.*The partitions of a: 30",
        ),
        ("a", ("2024-01-09..2024-01-05",), "UNKNOWN_PARTITIONS", "comes before"),
        (
            "a or d",
            ("2024-01-04",),
            "BAD_PARTITION",
            "d: nothing says which partitions go with those of a",
        ),
    ],
)
def test_a_partition_that_cannot_be_meant_is_refused(
    selection: str, partitions: Collection[str], reason: str, said: str
) -> None:
    c, d = single("c", op({}, "result -> c")), single("d", op({}, "result -> d"))
    snapshot = partitioned({"a": DAYS, "d": SIDES}, A, c, d)

    with pytest.raises(PlanRefused, match=said) as refused:
        settled(snapshot, selection, partitions=partitions)

    assert refused.value.reason == reason


def test_the_steps_of_a_graph_all_know_what_their_block_makes() -> None:
    made = graph("g", {"one": op({}, "result"), "two": op({"x": "one.result"}, "result -> a")})

    found = settled(partitioned({"a": SIDES}, made), "a", partitions=["left"])

    assert [told(step.partitions) for step in found.plan.steps] == [["left"], ["left"]]
    assert source_of(found, "g.two", "x").partitions is None


def test_the_plan_of_another_partition_has_another_fingerprint() -> None:
    snapshot = partitioned({"a": DAYS}, A)

    prints = {
        settled(snapshot, "a", partitions=[day]).plan.fingerprint
        for day in ("2024-01-04", "2024-01-05", "2024-01-04")
    }

    assert len(prints) == 2


def test_a_million_partitions_are_planned_as_ranges() -> None:
    minutes = replace(
        windows("* * * * *", datetime(2022, 1, 1), form="%Y-%m-%d-%H:%M"), id="minutes"
    )
    snapshot = partitioned({"a": minutes, "b": minutes}, A, B)

    found = settled(snapshot, "a or b", partitions=["2022-01-01-00:00..2023-11-30-00:00"])

    planned = found.plan.steps[0].partitions
    assert planned is not None
    assert planned.count > 1_000_000
    assert told(planned) == ["2022-01-01-00:00..2023-11-30-00:00"]
    assert KeyText("a") in found.plan.selected_asset_keys
