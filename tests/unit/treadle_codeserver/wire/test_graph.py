from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

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
from treadle_api.filling import has_all_of
from treadle_api.parts import in_parts
from treadle_api.v1 import graph_pb2
from treadle_codeserver import defaults
from treadle_codeserver.location import LocationStatus, Served
from treadle_codeserver.wire.graph import definitions_of, location_of, manifest_of
from treadle_contract import graph
from treadle_contract.encoded_size import size_of
from treadle_contract.graph import LocationState, ModuleReport, ModuleState
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.message import Message
from treadle_contract.value import MetadataEntry, Text

PLACE = SourceLine(file="/a.py", line=3)

SNAPSHOT = Snapshot(
    blocks=(Block(name="b", asset_keys=(KeyText("a"),), can_subset=True, is_graph=True),),
    steps=(
        Step(
            key=StepKey("b.s"),
            node="b.s",
            block="b",
            op="s",
            inputs=(
                StepInput(
                    name="x",
                    sources=(
                        AssetSource(asset_key=KeyText("other")),
                        OutputSource(step_key=StepKey("b.r"), output="o"),
                    ),
                    fan_in=True,
                ),
            ),
            outputs=(StepOutput(name="result", asset_keys=(KeyText("a"),)),),
        ),
    ),
    assets=(
        Asset(
            key=KeyText("a"),
            block="b",
            step_key=StepKey("b.s"),
            output="result",
            upstream_keys=(KeyText("other"),),
            metadata=(MetadataEntry(name="rows", value=3),),
            source=PLACE,
        ),
        Asset(key=KeyText("other")),
    ),
    jobs=(Job(name="j", selection="a", config={"ops": {"a": {"config": {"n": 1}}}}),),
    resources=(Resource(key="db", type_name="Db"),),
    python_version="3.11",
    digest="d",
)

SERVING = LocationStatus(
    name="here",
    state=LocationState.SERVING,
    served=Served(
        snapshot=SNAPSHOT,
        asset_count=1,
        loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
        job_asset_keys={"j": (KeyText("a"),)},
    ),
)


def written(served: Served) -> graph_pb2.GraphPart:
    (part,) = in_parts(definitions_of(served), graph_pb2.GraphPart)
    return part


def test_a_location_that_never_loaded_says_why() -> None:
    report = ModuleReport(
        target="/\udcff.py", state=ModuleState.RAISED, problem=Text(head="boom"), source=PLACE
    )
    status = LocationStatus(name="here", state=LocationState.FAILED, modules=(report,))

    location = location_of(status)

    (module,) = location.modules
    assert (location.state, location.digest, location.loaded_at) == (LocationState.FAILED, "", None)
    assert module == ModuleReport(
        target="/?.py",
        state=ModuleState.RAISED,
        problem=Text(head="boom"),
        source=PLACE,
        duration=timedelta(),
    )


def test_a_location_counts_what_it_makes() -> None:
    location = location_of(SERVING)

    assert (location.asset_count, location.step_count) == (1, 1)
    assert location.loaded_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_many_long_reports_and_warnings_stay_within_a_message() -> None:
    reports = tuple(
        ModuleReport(target=str(index), state=ModuleState.RAISED, problem=Text(head="x" * 100_000))
        for index in range(100)
    )
    status = LocationStatus(
        name="here", state=LocationState.FAILED, modules=reports, warnings=("w" * 5000,) * 600
    )

    location = location_of(status)

    assert size_of(location) < 4 * 1024 * 1024
    assert len(location.modules) == 100
    assert location.warnings[-1] == "100 further warnings are not shown."


def test_a_graph_is_written_whole() -> None:
    assert SERVING.served is not None
    part = written(SERVING.served)

    (step,) = part.steps
    asset, external = part.assets
    assert [block.name for block in part.blocks] == ["b"]
    assert step.inputs[0].fan_in
    assert list(step.inputs[0].sources) == [
        graph_pb2.Source(asset_key="other"),
        graph_pb2.Source(step_output=graph_pb2.StepOutput(step_key="b.r", output="o")),
    ]
    assert list(step.outputs[0].asset_keys) == ["a"]
    assert (asset.key, asset.block, asset.step_key, asset.output) == ("a", "b", "b.s", "result")
    assert list(asset.upstream_keys) == ["other"]
    assert asset.io_manager_key == step.outputs[0].io_manager_key == "io_manager"
    assert asset.metadata[0].value.int_value == 3
    assert (external.key, external.block, external.step_key) == ("other", "", "")
    assert (asset.source.file, asset.source.line) == ("/a.py", 3)
    assert list(part.jobs[0].asset_keys) == ["a"]
    assert list(part.jobs[0].config.map_value.entries) == ["ops"]
    assert part.resources[0].type_name == "Db"


@pytest.mark.parametrize(
    ("message", "definition"),
    [
        (graph.Block, Block),
        (graph.StepDefinition, Step),
        (graph.StepInputDefinition, StepInput),
        (graph.StepOutputDefinition, StepOutput),
        (graph.Source, AssetSource),
        (graph.Source, OutputSource),
        (graph.StepOutput, OutputSource),
        (graph.Resource, Resource),
    ],
)
def test_a_definition_has_all_that_its_message_has(
    message: type[Message], definition: type
) -> None:
    assert has_all_of(message, definition)


def test_of_an_asset_the_launcher_alone_tells_what_the_definition_has_not() -> None:
    names = {name for name in graph.Asset.__match_args__ if not hasattr(Asset, name)}

    assert names == {"conflict"}


def test_a_long_text_of_a_user_is_cut() -> None:
    long = "x" * 100_000
    snapshot = Snapshot(
        blocks=(Block(name="b", asset_keys=(), description=long),),
        assets=(Asset(key=KeyText("a"), code_version=long, source=PLACE),),
        steps=(Step(key=StepKey("b"), node="b", block="b", op="b", description="\udcff"),),
        jobs=(Job(name="j", selection="*", description=long),),
    )
    part = written(
        Served(
            snapshot=snapshot,
            asset_count=1,
            loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
            job_asset_keys={"j": ()},
        )
    )

    assert len(part.blocks[0].description) <= defaults.TEXT_BYTES
    assert len(part.assets[0].code_version) <= defaults.TEXT_BYTES
    assert len(part.jobs[0].description) <= defaults.TEXT_BYTES
    assert part.steps[0].description == "?"


def test_a_manifest_is_written_whole_and_sorted() -> None:
    manifest = Manifest(
        ops={"op": "1"},
        files={"b": "2", "a": "2"},
        distributions={"numpy": "2.0"},
        values={"op a: default of 'b'": "4"},
    )
    block = Block(name="b", asset_keys=(), description="d")

    found = manifest_of(Snapshot(blocks=(block,), manifest=manifest))

    assert found.ops == (graph.NamedDigest(name="op", digest="1"),)
    assert [each.name for each in found.files] == ["a", "b"]
    assert found.distributions == (graph.NamedDigest(name="numpy", digest="2.0"),)
    assert [each.name for each in found.definitions] == ["block b"]
    assert [each.name for each in found.details] == [
        "block b: description",
        "block b: steps",
        "op a: default of 'b'",
    ]
