"""The worker's hand-written JSON and protobuf's own are the same, in both directions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from treadle.execution import RetryAsk
from treadle.policy import Limits
from treadle.snapshot import JsonValue, KeyText, MetadataEntry, SourceLine, StepKey
from treadle.snapshot import UnselectedOutputs as Unselected
from treadle.task import (
    DiscardedOutput,
    LoadedInput,
    StepResult,
    StoredOutput,
    TaskAsset,
    TaskInput,
    TaskOutput,
    TaskRun,
    TaskSource,
    TaskStep,
    ValueRef,
)
from treadle_api.v1 import plan_pb2, policy_pb2, value_pb2, worker_pb2
from treadle_worker import frames
from treadle_worker.messages import (
    Ack,
    AckState,
    AttemptBegun,
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    AttemptUsage,
    Cancel,
    Commit,
    Drain,
    Fact,
    Failure,
    FailureReason,
    FailureWhere,
    Hello,
    HostState,
    JournalRecord,
    MemoryScope,
    Prepare,
    ProcessId,
    StartMethod,
    Task,
    TaskId,
    WorkerLogRecord,
)
from treadle_worker.wire.facts import decode_fact, encode_record
from treadle_worker.wire.host_frame import encode_ack, encode_hello, encode_report
from treadle_worker.wire.launcher_frame import decode_launcher_frame

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
INT32 = st.integers(0, 2**31 - 1)
INT64 = st.integers(0, 2**63 - 1)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
KEYS = st.text("abc/", min_size=1, max_size=4).map(KeyText)

VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
METADATA = st.lists(
    st.builds(MetadataEntry, name=TEXT, value=VALUES, rendering=st.sampled_from(["", "url"])),
    max_size=2,
).map(tuple)
VALUE_REFS = st.none() | st.builds(
    ValueRef, store=st.just("files"), key=TEXT, codec=TEXT, size_bytes=INT64, checksum=TEXT
)
SOURCE_LINES = st.builds(SourceLine, file=TEXT.filter(bool), line=INT32)
FAILURES = st.builds(
    Failure,
    reason=st.sampled_from(FailureReason),
    message=TEXT,
    where=st.none() | st.sampled_from(FailureWhere),
    error_class=TEXT,
    traceback=TEXT,
    source=st.none() | SOURCE_LINES,
    exit_code=INT32,
    signal=TEXT,
    stderr_tail=TEXT,
    likely=st.booleans(),
    evidence=TEXTS,
    metadata=METADATA,
)
USAGES = st.none() | st.builds(
    AttemptUsage,
    wall_us=st.integers(1, 2**63 - 1),
    cpu_us=INT64,
    peak_memory_bytes=INT64,
    memory_scope=st.none() | st.sampled_from(MemoryScope),
)
PROCESSES = st.builds(ProcessId, boot_id=TEXT.filter(bool), pid=INT32, start_ticks=INT64)
STORED = st.builds(
    StoredOutput,
    output=TEXT,
    asset_key=KEYS,
    value_ref=VALUE_REFS,
    io_manager_key=TEXT,
    metadata=METADATA,
    unexpected=st.booleans(),
) | st.builds(
    StoredOutput,
    output=TEXT,
    asset_key=st.none(),
    value_ref=VALUE_REFS,
    io_manager_key=TEXT,
    metadata=METADATA,
)
RESULTS = st.builds(
    StepResult,
    stored=st.lists(STORED, max_size=3, unique_by=lambda each: (each.output, each.asset_key)).map(
        tuple
    ),
    discarded=st.lists(
        st.builds(DiscardedOutput, output=TEXT, asset_keys=st.lists(KEYS, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    yielded_outputs=TEXTS,
)
LOADED = st.builds(
    LoadedInput,
    input=TEXT,
    position=INT32,
    source=st.builds(
        TaskSource,
        io_manager_key=st.just(""),
        value_ref=VALUE_REFS,
        run_id=TEXT,
        step_key=TEXT,
        output=TEXT,
    ),
) | st.builds(LoadedInput, input=TEXT, position=INT32, source=st.none(), not_needed=st.just(True))
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(AttemptBegun, process=PROCESSES),
    LOADED,
    st.builds(WorkerLogRecord, level=TEXT, logger=TEXT, message=TEXT),
    st.builds(
        AttemptSucceeded,
        result=RESULTS,
        digest=TEXT,
        duration_us=INT64,
        pid=INT32,
        usage=USAGES,
    ),
    st.builds(
        AttemptFailed,
        failure=FAILURES,
        duration_us=INT64,
        pid=INT32,
        usage=USAGES,
        retry=st.none() | st.builds(RetryAsk, max_retries=INT32, delay_ms=INT64),
        no_retry=st.booleans(),
    ),
    st.builds(
        AttemptCancelled,
        was_running=st.booleans(),
        usage=USAGES,
        exit_code=st.none() | INT32,
        signal=TEXT,
        stderr_tail=TEXT,
    ),
)
RECORDS = st.builds(
    JournalRecord,
    number=INT64,
    task_id=TEXT.map(TaskId),
    step_key=TEXT,
    attempt=INT32,
    time=st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),
    fact=FACTS,
)
HELLOS = st.builds(
    Hello,
    host_id=TEXT,
    process=PROCESSES,
    location=TEXT,
    state=st.sampled_from(HostState),
    digest=TEXT,
    running_task_ids=TEXTS,
    last_record=INT64,
    start_method=st.none() | st.sampled_from(StartMethod),
    start_method_reason=TEXT,
    failure=st.none() | FAILURES,
    changes=TEXTS,
)


def protobufs_own(frame: dict[str, object]) -> object:
    """The same frame, read and written by protobuf; it refuses what it does not know."""
    body = frames.pack(frame)[4:]
    message = json_format.Parse(body, worker_pb2.HostFrame())
    return json.loads(json_format.MessageToJson(message))


def without_moments(frame: object) -> object:
    """Protobuf writes as few digits of a second as do; both are RFC 3339."""
    if isinstance(frame, dict):
        return {
            name: datetime.fromisoformat(value) if name == "time" else without_moments(value)
            for name, value in frame.items()
        }
    return [without_moments(each) for each in frame] if isinstance(frame, list) else frame


@given(HELLOS)
def test_hello_is_what_protobuf_would_write(hello: Hello) -> None:
    frame = encode_hello(hello)

    assert protobufs_own(frame) == frame


@given(st.sampled_from(AckState))
def test_ack_is_what_protobuf_would_write(state: AckState) -> None:
    frame = encode_ack(Ack(task_id=TaskId("r/s/1"), state=state))

    assert protobufs_own(frame) == frame


@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_report_is_what_protobuf_would_write(records: list[JournalRecord]) -> None:
    frame = encode_report([encode_record(record) for record in records])

    assert without_moments(protobufs_own(frame)) == without_moments(frame)


@given(RECORDS)
def test_a_fact_comes_back_from_its_host(record: JournalRecord) -> None:
    fact = decode_fact(json.loads(frames.dump(encode_record(record))))

    if isinstance(fact, AttemptSucceeded) and isinstance(record.fact, AttemptSucceeded):
        # The digest stands at the assets; without one there is nothing to say it of.
        assert fact.result == record.fact.result
    else:
        assert fact == record.fact


def test_not_a_number_travels() -> None:
    stored = StoredOutput(
        output="result",
        asset_key=None,
        value_ref=None,
        io_manager_key="",
        metadata=(MetadataEntry(name="mean", value=float("nan")),),
    )
    fact = AttemptSucceeded(result=StepResult(stored=(stored,)), digest="", duration_us=0, pid=1)
    record = JournalRecord(
        number=1, task_id=TaskId("t"), step_key="s", attempt=1, time=datetime.now(UTC), fact=fact
    )
    frame = encode_report([encode_record(record)])

    assert without_moments(protobufs_own(frame)) == without_moments(frame)


def decoded(frame: worker_pb2.LauncherFrame) -> object:
    return decode_launcher_frame(frames.parse(json_format.MessageToJson(frame).encode()))


def test_every_small_frame_of_the_launcher_is_read() -> None:
    launcher_frame = worker_pb2.LauncherFrame

    assert decoded(launcher_frame(commit=worker_pb2.Commit(record=2**40))) == Commit(record=2**40)
    assert decoded(launcher_frame(commit=worker_pb2.Commit())) == Commit(record=0)
    assert decoded(launcher_frame(prepare=worker_pb2.Prepare())) == Prepare()
    assert decoded(
        launcher_frame(cancel=worker_pb2.Cancel(task_id="r/s/1", grace_ms=1500))
    ) == Cancel(task_id=TaskId("r/s/1"), grace_ms=1500)
    assert decoded(
        launcher_frame(drain=worker_pb2.Drain(cancel_running=True, grace_ms=5))
    ) == Drain(cancel_running=True, grace_ms=5)


def test_a_task_is_read_field_by_field() -> None:
    ref = value_pb2.ValueRef(store="files", key="a/b", codec="pickle5", size_bytes=2**33)
    source = worker_pb2.TaskSource(
        value_ref=ref, io_manager_key="io", asset_key="x/y", run_id="R", step_key="s", output="o"
    )
    asset = worker_pb2.TaskAsset(
        asset_key="x/z", selected=True, io_manager_key="io", value_key="assets/x"
    )
    step = worker_pb2.TaskStep(
        step_key="b.foo",
        attempt=2,
        selected_outputs=["foo_1", "foo_2"],
        selected_asset_keys=["x/z"],
        inputs=[
            worker_pb2.TaskInput(name="n", sources=[source], fan_in=True),
            worker_pb2.TaskInput(name="m", not_needed=True),
        ],
        outputs=[
            worker_pb2.TaskOutput(
                name="foo_1",
                selected=True,
                must_yield=True,
                nothing=True,
                assets=[asset],
                store_intermediate=True,
                io_manager_key="mem",
                value_key="runs/x",
            )
        ],
        unselected_outputs=plan_pb2.UNSELECTED_OUTPUTS_DISCARD,
        timeout_ms=1500,
        limits=policy_pb2.Limits(memory_bytes=2**33, cpu_seconds=60, open_files=256, niceness=5),
    )
    task = worker_pb2.Task(
        task_id="R/b.foo/2", run_id="R", digest="d", run_tags={"k": "v"}, steps=[step]
    )

    assert decoded(worker_pb2.LauncherFrame(task=task)) == Task(
        task_id=TaskId("R/b.foo/2"),
        run=TaskRun(run_id="R", tags={"k": "v"}),
        digest="d",
        steps=(
            TaskStep(
                step_key=StepKey("b.foo"),
                attempt=2,
                selected_outputs=frozenset({"foo_1", "foo_2"}),
                selected_asset_keys=frozenset({KeyText("x/z")}),
                inputs=(
                    TaskInput(
                        name="n",
                        sources=(
                            TaskSource(
                                value_ref=ValueRef(
                                    store="files",
                                    key="a/b",
                                    codec="pickle5",
                                    size_bytes=2**33,
                                    checksum="",
                                ),
                                io_manager_key="io",
                                asset_key=KeyText("x/y"),
                                run_id="R",
                                step_key="s",
                                output="o",
                            ),
                        ),
                        fan_in=True,
                    ),
                    TaskInput(name="m", not_needed=True),
                ),
                outputs=(
                    TaskOutput(
                        name="foo_1",
                        selected=True,
                        must_yield=True,
                        nothing=True,
                        assets=(
                            TaskAsset(
                                asset_key=KeyText("x/z"),
                                selected=True,
                                io_manager_key="io",
                                value_key="assets/x",
                            ),
                        ),
                        store_intermediate=True,
                        io_manager_key="mem",
                        value_key="runs/x",
                    ),
                ),
                unselected_outputs=Unselected.DISCARD,
                timeout_ms=1500,
                limits=Limits(memory_bytes=2**33, cpu_seconds=60, open_files=256, niceness=5),
            ),
        ),
    )


def test_no_field_of_a_task_was_forgotten() -> None:
    """A field that worker.proto gains must be read here too, or left out on purpose."""
    names = {
        message: {
            field.name for field in worker_pb2.DESCRIPTOR.message_types_by_name[message].fields
        }
        for message in ("Task", "TaskStep", "TaskInput", "TaskOutput", "TaskAsset", "TaskSource")
    }

    assert names == {
        "Task": {"task_id", "run_id", "digest", "run_tags", "steps"},
        "TaskStep": set(TaskStep.__dataclass_fields__),
        "TaskInput": set(TaskInput.__dataclass_fields__),
        "TaskOutput": set(TaskOutput.__dataclass_fields__),
        "TaskAsset": set(TaskAsset.__dataclass_fields__),
        "TaskSource": set(TaskSource.__dataclass_fields__),
    }


def test_frames_and_fields_of_a_later_version_are_passed_over() -> None:
    assert decode_launcher_frame({"someday": {"x": 1}}) is None
    assert decode_launcher_frame({"commit": {"record": "3", "someday": []}}) == Commit(record=3)
