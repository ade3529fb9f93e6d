from __future__ import annotations

from datetime import UTC, datetime

from treadle.snapshot import (
    Asset,
    AssetSource,
    Block,
    Job,
    OutputSource,
    Resource,
    Snapshot,
    SourceLine,
    Step,
    StepInput,
    StepOutput,
)
from treadle_api.v1 import graph_pb2, value_pb2
from treadle_codeserver import defaults
from treadle_codeserver.location import LocationState, LocationStatus, Served
from treadle_codeserver.module_report import ModuleReport, ModuleState
from treadle_codeserver.wire.graph import encode_definitions, encode_graph, encode_location
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.value import MetadataEntry

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
    jobs=(Job(name="j", selection="a"),),
    resources=(Resource(key="db", type_name="Db"),),
    python_version="3.11",
    digest="d",
)

SERVING = LocationStatus(
    name="here",
    state=LocationState.SERVING,
    served=Served(
        snapshot=SNAPSHOT,
        loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
        job_asset_keys={"j": (KeyText("a"),)},
    ),
)


def test_a_location_that_never_loaded_says_why() -> None:
    report = ModuleReport(
        target="/a.py", state=ModuleState.RAISED, problem="boom", source=PLACE, duration_us=1500
    )
    status = LocationStatus(name="here", state=LocationState.FAILED, modules=(report,))

    location = encode_location(status)

    (module,) = location.modules
    assert location.state == graph_pb2.LOCATION_STATE_FAILED
    assert location.digest == ""
    assert not location.HasField("loaded_at")
    assert module.state == graph_pb2.MODULE_STATE_RAISED
    assert module.problem.head == "boom"
    assert module.source == value_pb2.SourceLocation(file="/a.py", line=3)
    assert module.duration.ToMicroseconds() == 1500


def test_a_location_counts_what_it_makes() -> None:
    location = encode_location(SERVING)

    assert (location.asset_count, location.step_count) == (1, 1)
    assert location.loaded_at.ToDatetime() == datetime(2026, 1, 1)


def test_many_long_reports_and_warnings_stay_within_a_message() -> None:
    reports = tuple(
        ModuleReport(target=str(index), state=ModuleState.RAISED, problem="x" * 100_000)
        for index in range(100)
    )
    status = LocationStatus(
        name="here",
        state=LocationState.FAILED,
        modules=reports,
        warnings=("w" * 5000,) * 600,
    )

    location = encode_location(status)

    assert location.ByteSize() < 4 * 1024 * 1024
    assert len(location.modules) == 100
    assert location.warnings[-1] == "100 further warnings are not shown."


def test_every_state_of_the_contract_is_sent() -> None:
    states = {
        encode_location(LocationStatus(name="", state=state)).state for state in LocationState
    }
    modules = {
        encode_location(
            LocationStatus(
                name="",
                state=LocationState.FAILED,
                modules=(ModuleReport(target="", state=state),),
            )
        )
        .modules[0]
        .state
        for state in ModuleState
    }

    launchers_own = {graph_pb2.LOCATION_STATE_UNREACHABLE}
    assert states == set(graph_pb2.LocationState.values()) - launchers_own - {0}
    assert modules == set(graph_pb2.ModuleState.values()) - {0}


def test_a_graph_is_encoded_whole() -> None:
    assert SERVING.served is not None
    (part,) = encode_graph(SERVING, tuple(encode_definitions(SERVING.served)))

    (step,) = part.steps
    asset, external = part.assets
    assert part.location == encode_location(SERVING)
    assert [block.name for block in part.blocks] == ["b"]
    assert step.inputs[0].fan_in
    assert list(step.inputs[0].sources) == [
        graph_pb2.Source(asset_key="other"),
        graph_pb2.Source(step_output=graph_pb2.StepOutput(step_key="b.r", output="o")),
    ]
    assert list(step.outputs[0].asset_keys) == ["a"]
    assert (asset.key, asset.block, asset.step_key, asset.output) == ("a", "b", "b.s", "result")
    assert list(asset.upstream_keys) == ["other"]
    assert asset.metadata[0].value.int_value == 3
    assert (external.key, external.block, external.step_key) == ("other", "", "")
    assert list(part.jobs[0].asset_keys) == ["a"]
    assert part.resources[0].type_name == "Db"


def test_a_long_text_of_a_user_is_cut() -> None:
    block = Block(name="b", asset_keys=(), description="x" * 100_000)
    asset = Asset(key=KeyText("a"), code_version="x" * 100_000)
    snapshot = Snapshot(blocks=(block,), assets=(asset,))
    served = Served(snapshot=snapshot, loaded_at=datetime(2026, 1, 1, tzinfo=UTC))
    status = LocationStatus(name="here", state=LocationState.SERVING, served=served)

    assert status.served is not None
    (part,) = encode_graph(status, tuple(encode_definitions(status.served)))

    assert len(part.blocks[0].description) <= defaults.TEXT_BYTES
    assert len(part.assets[0].code_version) <= defaults.TEXT_BYTES
