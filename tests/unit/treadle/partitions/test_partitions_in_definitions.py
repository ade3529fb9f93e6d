"""Partitions of assets in a location: every way to say them, mappings, what Definitions refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import treadle as t
from treadle import (
    AllPartitionMapping,
    AssetDep,
    AssetIn,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    ConflictError,
    DailyPartitionsDefinition,
    Definitions,
    DynamicPartitionsDefinition,
    LastPartitionMapping,
    MultiPartitionsDefinition,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    WeeklyPartitionsDefinition,
)
from treadle.locations.location import build_location
from treadle.locations.snapshot import Asset, AssetSource, Snapshot
from treadle.locations.tables import pack, unpack

DAYS = DailyPartitionsDefinition("2024-01-01")
WEEKS = WeeklyPartitionsDefinition("2024-01-07")
REGIONS = StaticPartitionsDefinition(["eu", "us"])
BEFORE = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


@t.op
def one() -> int:
    return 1


@t.op
def more(a: int) -> int:
    return a + 1


@t.graph
def pair() -> int:
    return more(one())


@t.graph
def adding(a: int) -> int:
    return more(a)


@t.asset(partitions_def=DAYS)
def a() -> int:
    return 1


def snapshot(*assets: Any, jobs: Any = ()) -> Snapshot:
    made = Definitions(assets=list(assets), jobs=list(jobs))
    return build_location([("m", made)]).snapshot


def asset(found: Snapshot, key: str) -> Asset:
    return next(each for each in found.assets if each.key == key)


def asset_way() -> AssetsDefinition:
    @t.asset(partitions_def=DAYS, backfill_policy=BackfillPolicy(3))
    def made() -> int:
        return 1

    return made


def multi_asset_way() -> AssetsDefinition:
    @t.multi_asset(
        outs={"made": t.AssetOut()}, partitions_def=DAYS, backfill_policy=BackfillPolicy(3)
    )
    def block() -> int:
        return 1

    return block


def spec_way() -> AssetsDefinition:
    @t.multi_asset(
        specs=[AssetSpec("made", partitions_def=DAYS)], backfill_policy=BackfillPolicy(3)
    )
    def block() -> None:
        """Make nothing."""

    return block


def out_way() -> AssetsDefinition:
    said = t.AssetOut.from_spec(
        AssetSpec("made", partitions_def=DAYS), backfill_policy=BackfillPolicy(3)
    )

    @t.graph_multi_asset(outs={"made": said})
    def block() -> Any:
        return {"made": one()}

    return block


def graph_asset_way() -> AssetsDefinition:
    @t.graph_asset(partitions_def=DAYS, backfill_policy=BackfillPolicy(3))
    def made() -> Any:
        return more(one())

    return made


def graph_multi_asset_way() -> AssetsDefinition:
    @t.graph_multi_asset(
        outs={"made": t.AssetOut()}, partitions_def=DAYS, backfill_policy=BackfillPolicy(3)
    )
    def block() -> Any:
        return {"made": one()}

    return block


def from_graph_way() -> AssetsDefinition:
    return AssetsDefinition.from_graph(
        pair,
        keys_by_output_name={"result": "made"},
        partitions_def=DAYS,
        backfill_policy=BackfillPolicy(3),
    )


def from_op_way() -> AssetsDefinition:
    return AssetsDefinition.from_op(
        one,
        keys_by_output_name={"result": "made"},
        partitions_def=DAYS,
        backfill_policy=BackfillPolicy(3),
    )


def constructed_way() -> AssetsDefinition:
    return AssetsDefinition(
        node_def=one,
        keys_by_output_name={"result": "made"},
        partitions_def=DAYS,
        backfill_policy=BackfillPolicy(3),
    )


def changed_way() -> AssetsDefinition:
    return (
        AssetsDefinition.from_op(one, keys_by_output_name={"result": "made"})
        .map_asset_specs(lambda spec: spec.replace_attributes(partitions_def=DAYS))
        .with_attributes(backfill_policy=BackfillPolicy(3))
    )


WAYS = [each for name, each in list(globals().items()) if name.endswith("_way")]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_make_an_asset_takes_partitions(way: Callable[[], AssetsDefinition]) -> None:
    block = way()

    found = snapshot(block)

    made = asset(found, "made")
    assert [each.id for each in found.partitions] == [made.partitions] == [DAYS.contract.id]
    assert found.partitions == (DAYS.contract,)
    assert made.backfill_policy == BackfillPolicy(3).as_data()
    assert (block.partitions_def, block.backfill_policy) == (DAYS, BackfillPolicy(3))
    assert block.get_asset_spec().partitions_def == DAYS


def asset_reader() -> AssetsDefinition:
    @t.asset(partitions_def=DAYS, ins={"a": AssetIn(partition_mapping=BEFORE)})
    def reader(a: int) -> int:
        return a

    return reader


def graph_reader() -> AssetsDefinition:
    @t.graph_asset(partitions_def=DAYS, ins={"a": AssetIn(partition_mapping=BEFORE)})
    def reader(a: Any) -> Any:
        return more(a)

    return reader


def dep_reader() -> AssetsDefinition:
    @t.asset(partitions_def=DAYS, deps=[AssetDep(a, partition_mapping=BEFORE)])
    def reader() -> int:
        return 1

    return reader


def graph_dep_reader() -> AssetsDefinition:
    @t.graph_asset(partitions_def=DAYS, deps=[AssetDep("a", partition_mapping=BEFORE)])
    def reader() -> Any:
        return one()

    return reader


def spec_reader() -> AssetsDefinition:
    dep = AssetDep("a", partition_mapping=BEFORE)

    @t.multi_asset(specs=[AssetSpec("reader", deps=[dep], partitions_def=DAYS)])
    def block() -> None:
        """Make nothing."""

    return block


def from_graph_reader() -> AssetsDefinition:
    return AssetsDefinition.from_graph(
        adding,
        keys_by_output_name={"result": "reader"},
        partitions_def=DAYS,
        partition_mappings={"a": BEFORE},
    )


def from_op_reader() -> AssetsDefinition:
    return AssetsDefinition.from_op(
        more,
        keys_by_output_name={"result": "reader"},
        partitions_def=DAYS,
        partition_mappings={"a": BEFORE},
    )


def constructed_reader() -> AssetsDefinition:
    return AssetsDefinition(
        node_def=more,
        keys_by_input_name={"a": t.AssetKey("a")},
        keys_by_output_name={"result": "reader"},
        partitions_def=DAYS,
        partition_mappings={t.AssetKey("a"): BEFORE},
    )


def changed_reader() -> AssetsDefinition:
    @t.asset(partitions_def=DAYS, deps=[AssetDep("b", partition_mapping=BEFORE)])
    def reader() -> int:
        return 1

    return reader.with_attributes(asset_key_replacements={t.AssetKey("b"): t.AssetKey("a")})


READERS = [each for name, each in list(globals().items()) if name.endswith("_reader")]


@pytest.mark.parametrize("reader", READERS)
def test_every_edge_has_the_mapping_that_is_said_of_it(
    reader: Callable[[], AssetsDefinition],
) -> None:
    block = reader()

    found = snapshot(a, block)

    sources = [
        source
        for step in found.steps
        for each in step.inputs
        for source in each.sources
        if isinstance(source, AssetSource)
    ]
    assert [(each.asset_key, each.mapping) for each in sources] == [("a", BEFORE.as_data())]
    (said,) = asset(found, "reader").upstream_mappings
    assert (said.asset_key, said.mapping) == ("a", BEFORE.as_data())
    assert block.get_partition_mapping("a") == BEFORE
    assert block.get_asset_spec().deps[0].partition_mapping == BEFORE


def test_what_is_made_elsewhere_has_its_partitions() -> None:
    spec = AssetSpec("there", partitions_def=DAYS)
    source = t.SourceAsset("too", partitions_def=REGIONS)

    found = snapshot(a, spec, source)

    assert asset(found, "there").partitions == DAYS.contract.id
    assert asset(found, "too").partitions == REGIONS.contract.id
    assert len(found.partitions) == 2
    assert a.to_source_assets()[0].partitions_def == DAYS


def test_a_location_without_partitions_says_nothing_of_them() -> None:
    @t.asset
    def plain() -> int:
        return 1

    packed = pack(snapshot(plain))

    assert "partitions" not in packed
    assert "partitions" not in packed["assets"]


def test_partitions_and_mappings_survive_the_way_to_the_code_server() -> None:
    multi = MultiPartitionsDefinition({"day": DAYS, "region": REGIONS})
    mappings = [
        BEFORE,
        AllPartitionMapping(),
        LastPartitionMapping(),
        SpecificPartitionsPartitionMapping(["2024-01-02"]),
    ]
    readers = [reading(DAYS, partition_mapping=each) for each in mappings]
    readers = [
        each.with_attributes(
            asset_key_replacements={t.AssetKey("reader"): t.AssetKey(f"r{number}")}
        )
        for number, each in enumerate(readers)
    ]
    dynamic = AssetSpec("d", partitions_def=DynamicPartitionsDefinition(name="n"))

    @t.asset(partitions_def=multi)
    def m(a: int) -> int:
        return a

    @t.asset(
        partitions_def=REGIONS,
        ins={"s": AssetIn(partition_mapping=StaticPartitionMapping({"x": ["eu", "us"]}))},
    )
    def of_s(s: int) -> int:
        return s

    s = AssetSpec("s", partitions_def=StaticPartitionsDefinition(["x"]))
    found = snapshot(a, m, of_s, s, dynamic, *readers)

    text = {
        part: {name: json.loads(each) for name, each in columns.items()}
        for part, columns in pack(found).items()
    }
    back = unpack(text)

    assert back["partitions"] == found.partitions
    assert back["assets"] == found.assets
    assert back["steps"] == found.steps


def test_a_job_says_which_partitions_its_runs_are_of() -> None:
    job = t.define_asset_job("daily", "a", partitions_def=DAYS)

    found = snapshot(a, jobs=[job])

    assert [each.partitions for each in found.jobs] == [DAYS.contract.id]


def test_a_job_of_ops_has_partitions_of_its_own() -> None:
    @t.job(partitions_def=REGIONS)
    def each_region() -> None:
        one()

    found = snapshot(jobs=[each_region])

    assert [each.partitions for each in found.jobs] == [REGIONS.contract.id]
    assert found.partitions == (REGIONS.contract,)


def test_a_job_whose_partitions_nothing_has_is_refused() -> None:
    job = t.define_asset_job("daily", "a", partitions_def=REGIONS)

    with pytest.raises(ConflictError, match="nothing that it selects has its partitions"):
        Definitions(assets=[a], jobs=[job])


def reading(definition: t.PartitionsDefinition | None, **said: Any) -> AssetsDefinition:
    @t.asset(partitions_def=definition, ins={"a": AssetIn(**said)})
    def reader(a: int) -> int:
        return a

    return reader


@pytest.mark.parametrize(
    "reader",
    [
        reading(DAYS),
        reading(WEEKS),
        reading(None),
        reading(MultiPartitionsDefinition({"day": DAYS, "region": REGIONS})),
        reading(REGIONS, partition_mapping=LastPartitionMapping()),
        reading(REGIONS, partition_mapping=AllPartitionMapping()),
        reading(None, partition_mapping=LastPartitionMapping()),
        reading(
            DynamicPartitionsDefinition(name="n"), partition_mapping=t.IdentityPartitionMapping()
        ),
    ],
)
def test_readers_of_which_a_mapping_is_known_are_accepted(reader: AssetsDefinition) -> None:
    assert snapshot(a, reader)


@pytest.mark.parametrize(
    ("reader", "problem", "fix"),
    [
        (reading(REGIONS), "nothing says which of them a key needs", "LastPartitionMapping()"),
        (
            reading(DynamicPartitionsDefinition(name="n")),
            "its partitions are dynamic ('n')",
            "IdentityPartitionMapping()",
        ),
        (
            reading(REGIONS, partition_mapping=BEFORE),
            "the mapping goes by time, from static (2 keys)",
            "AllPartitionMapping()",
        ),
        (
            reading(None, partition_mapping=t.IdentityPartitionMapping()),
            "takes the key of a reader that has no partitions",
            "AllPartitionMapping()",
        ),
        (
            reading(DAYS, partition_mapping=t.MultiToSingleDimensionPartitionMapping("x")),
            "the mapping goes between several dimensions and one",
            "TimeWindowPartitionMapping()",
        ),
    ],
)
def test_readers_of_which_no_mapping_is_known_are_refused(
    reader: AssetsDefinition, problem: str, fix: str
) -> None:
    with pytest.raises(ConflictError) as raised:
        Definitions(assets=[a, reader])

    assert "reads the asset 'a'" in str(raised.value)
    assert problem in str(raised.value)
    assert fix in str(raised.value)
    assert raised.value.source == reader.source
    assert raised.value.others == (a.source,)


def test_a_key_that_a_mapping_names_and_that_is_not_there_is_refused() -> None:
    s = AssetSpec("s", partitions_def=REGIONS)

    @t.asset(
        partitions_def=StaticPartitionsDefinition(["x"]),
        ins={"s": AssetIn(partition_mapping=StaticPartitionMapping({"eu": "x", "as": "x"}))},
    )
    def reader(s: int) -> int:
        return s

    with pytest.raises(ConflictError, match="the mapping reads 'as', which is none of the 2"):
        Definitions(assets=[s, reader])


def test_two_mappings_of_one_asset_are_refused() -> None:
    @t.asset(
        partitions_def=DAYS,
        ins={"x": AssetIn("a"), "y": AssetIn("a", partition_mapping=BEFORE)},
        deps=[AssetDep("a", partition_mapping=LastPartitionMapping())],
    )
    def reader(x: int, y: int) -> int:
        return x + y

    with pytest.raises(ConflictError, match="two partition mappings are said of the asset 'a'"):
        Definitions(assets=[a, reader])


def test_assets_of_one_call_have_the_same_partitions() -> None:
    with pytest.raises(ConflictError, match="other partitions than each other"):

        @t.multi_asset(
            specs=[AssetSpec("x", partitions_def=DAYS), AssetSpec("y", partitions_def=REGIONS)]
        )
        def block() -> None:
            """Make nothing."""


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"partitions_def": ["a"]}, "partitions_def is a list, and no definition of partitions"),
        ({"partitions_def": DAYS, "backfill_policy": 3}, "backfill_policy is 3, and no policy"),
        ({"ins": {"a": 1}}, "is 1, and no AssetIn"),
    ],
)
def test_what_is_no_partitioning_is_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(t.DefinitionError) as raised:

        @t.asset(**given)
        def made() -> int:
            return 1

    assert problem in str(raised.value)


def test_a_mapping_that_is_none_is_refused() -> None:
    with pytest.raises(t.ArgumentError, match="partition_mapping is 'all', and no mapping"):
        AssetIn(partition_mapping="all")  # type: ignore[arg-type]
