"""What a host sends, as proto3-JSON of HostFrame."""

from __future__ import annotations

from collections.abc import Iterable

from treadle_worker.messages import PROTOCOL_VERSION, Ack, Hello
from treadle_worker.wire.facts import encode_process
from treadle_worker.wire.fields import JsonObject, int64, message
from treadle_worker.wire.values import encode_failure


def encode_hello(hello: Hello) -> dict[str, object]:
    """Write a HostFrame that says who the host is and what it holds."""
    return {
        "hello": message(
            protocolVersion=PROTOCOL_VERSION,
            hostId=hello.host_id,
            process=encode_process(hello.process),
            location=hello.location,
            state=hello.state.value,
            digest=hello.digest,
            runningTaskIds=list(hello.running_task_ids),
            lastRecord=int64(hello.last_record),
            startMethod=hello.start_method and hello.start_method.value,
            startMethodReason=hello.start_method_reason,
            failure=hello.failure and encode_failure(hello.failure),
            changes=list(hello.changes),
            notes=list(hello.notes),
        )
    }


def encode_report(records: Iterable[JsonObject]) -> dict[str, object]:
    """Write a HostFrame with journal records that are encoded already."""
    return {"report": {"records": list(records)}}


def encode_ack(ack: Ack) -> dict[str, object]:
    """Write a HostFrame that answers a task."""
    return {"ack": message(taskId=ack.task_id, state=ack.state.value)}
