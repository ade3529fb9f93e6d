"""How fast messages become JSON and protobuf and back, beside json and protobuf themselves.

`python benchmarks/bench_codecs.py` prints, for a task and for what a step reports, microseconds a
message and the ratio to the limit in the same run: `json.dumps` and `json.loads` of the finished
object, and protobuf's own C code on the finished message.
"""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable
from datetime import UTC, datetime

from google.protobuf import json_format

from treadle_api.codec import from_proto, proto_class, to_proto
from treadle_contract import json_codec
from treadle_contract.bounds import check
from treadle_contract.event import AssetMaterialized, OutputStored
from treadle_contract.ids import KeyText, RunId, StepKey, TaskId
from treadle_contract.message import Message
from treadle_contract.run import AttemptUsage
from treadle_contract.value import ValueRef
from treadle_contract.worker import (
    AttemptSucceeded,
    HostFrame,
    JournalRecord,
    LauncherFrame,
    Report,
    Task,
    TaskAsset,
    TaskInput,
    TaskOutput,
    TaskSource,
    TaskStep,
)

REF = ValueRef(
    store="files", key="assets/a/=/01J.a.1", codec="pickle5", size_bytes=240, checksum="crc32:89ab"
)
STEP = StepKey("chain.link_17")
TASK = LauncherFrame(
    frame=Task(
        task_id=TaskId("01J/chain.link_17/1"),
        run_id=RunId("01J"),
        digest="d" * 64,
        steps=(
            TaskStep(
                step_key=STEP,
                attempt=1,
                selected_outputs=("result",),
                inputs=(
                    TaskInput(
                        name="up", sources=(TaskSource(value_ref=REF, io_manager_key="io_manager"),)
                    ),
                ),
                outputs=(
                    TaskOutput(
                        name="result",
                        selected=True,
                        must_yield=True,
                        assets=(
                            TaskAsset(
                                asset_key=KeyText("a"),
                                selected=True,
                                io_manager_key="io_manager",
                                value_key=REF.key,
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )
)
REPORT = HostFrame(
    frame=Report(
        records=(
            JournalRecord(
                number=18,
                task_id=TaskId("01J/chain.link_17/1"),
                step_key=STEP,
                attempt=1,
                time=datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
                fact=AttemptSucceeded(
                    stored=(
                        OutputStored(
                            output="result",
                            asset_key=KeyText("a"),
                            value_ref=REF,
                            io_manager_key="io_manager",
                        ),
                    ),
                    materialized=(
                        AssetMaterialized(
                            output="result",
                            asset_key=KeyText("a"),
                            value_ref=REF,
                            io_manager_key="io_manager",
                            digest="d" * 64,
                        ),
                    ),
                    yielded_outputs=("result",),
                    duration_us=1234,
                    pid=4321,
                    usage=AttemptUsage(wall_us=1234, cpu_us=1200, peak_memory_bytes=40_000_000),
                ),
            ),
        )
    )
)


def microseconds(call: Callable[[], object]) -> float:
    """Return what a call takes at best, in microseconds."""
    # Many short ones: what else runs on the machine is not in the best of them.
    count = 50
    return min(timeit.repeat(call, number=count, repeat=100)) / count * 1e6


def show(title: str, message: Message) -> None:
    """Print a table of one message."""
    cls = type(message)
    text = json_codec.dumps(message)
    obj = json.loads(text)
    proto = to_proto(message, proto_class(cls))
    raw = proto.SerializeToString()
    of = proto_class(cls)
    rows: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("to JSON", lambda: json_codec.dumps(message), lambda: json.dumps(obj)),
        ("from JSON", lambda: json_codec.loads(cls, text), lambda: json.loads(text)),
        ("json_format to JSON", lambda: json_format.MessageToJson(proto), lambda: json.dumps(obj)),
        ("json_format from JSON", lambda: json_format.Parse(text, of()), lambda: json.loads(text)),
        ("to protobuf", lambda: to_proto(message, of).SerializeToString(), proto.SerializeToString),
        ("from protobuf", lambda: from_proto(of.FromString(raw), cls), lambda: of.FromString(raw)),
        ("check", lambda: check(message), lambda: json.loads(text)),
    ]
    print(f"{title}, {len(text)} bytes of JSON")
    for name, call, limit in rows:
        took, least = microseconds(call), microseconds(limit)
        print(f"  {name:22} {took:7.1f} us, {took / least:5.1f} times the limit ({least:.1f} us)")


if __name__ == "__main__":
    show("a task", TASK)
    show("a report of a step that succeeded", REPORT)
