"""What a host and the launcher say to each other: frames of worker.proto as proto3-JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias, TypeVar

from treadle_contract.bounds import check
from treadle_contract.frame_bounds import FRAME
from treadle_contract.ids import HostId
from treadle_contract.json_codec import decode, dumps
from treadle_contract.json_text import parsed
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import ContractError, Message, shown
from treadle_contract.run import FailureReason
from treadle_contract.worker import (
    Ack,
    AttemptFailed,
    Hello,
    JournalRecord,
    LauncherFrame,
    LauncherFrameFrame,
    Report,
    Task,
    TaskStep,
)
from treadle_launcher.runs.journal import Implausible, Record, implausible

M = TypeVar("M", bound=Message)

PROTOCOL_VERSION = 2
"""Of hosts that get tasks."""

OLDEST_PROTOCOL_VERSION = 1
"""Of hosts that are listened to: what an older launcher had them run, ends as it would have."""

FromHost: TypeAlias = Hello | Ack | tuple[Record, ...]
"""What a frame of a host says; the records are those of a report."""

ToHost: TypeAlias = LauncherFrameFrame
"""What a frame to a host says."""

_FEW_KEYS: Final = 50

_NAMES: Final = (
    *("number", "task_id", "taskId", "step_key", "stepKey", "attempt"),
    *("next_task_id", "nextTaskId", "next_step_key", "nextStepKey"),
)
"""By these fields of a record it is known what it is about."""


class FrameError(ValueError):
    """A frame is not what the protocol says. `host_id`: the host that it names, if it does."""

    def __init__(self, message: str, host_id: HostId | None = None) -> None:
        super().__init__(message)
        self.host_id = host_id


def encode_frame(said: ToHost) -> bytes:
    """Return a frame to a host, without its length."""
    if isinstance(said, Task):
        said = replace(said, steps=tuple(map(_with_key_lines, said.steps)))
    return dumps(LauncherFrame(frame=said))


def _with_key_lines(step: TaskStep) -> TaskStep:
    """Return a step with many keys as one text: what is done for each of them, three processes do."""
    keys = step.selected_asset_keys
    if len(keys) <= _FEW_KEYS:
        return step
    return replace(step, selected_asset_keys=(), selected_asset_key_lines="\n".join(keys))


def decode_frame(body: bytes) -> FromHost | None:
    """Read a frame from a host. None: a kind that is not known here.

    Raises:
        FrameError: it is no proto3-JSON of a HostFrame, or beyond the bounds of its fields.
    """
    frame: dict[str, Any] = {}
    try:
        frame = parsed(body, "HostFrame", FRAME)
        _check_objects(frame)
        if frame.get("report") is not None:
            return _decode_report(frame["report"])
        if frame.get("hello") is not None:
            return _checked(Hello, frame["hello"])
        if frame.get("ack") is not None:
            return _checked(Ack, frame["ack"])
    except ContractError as error:
        raise FrameError(str(error), _named_host(frame)) from error
    return None


def joined(frames: Iterable[FromHost | None]) -> Iterator[FromHost | None]:
    """Join reports that follow each other: what they say is acted on in one turn.

    Raises:
        FrameError: as `frames` does, once what came before was given.
    """
    records: list[Record] = []
    try:
        for frame in frames:
            if isinstance(frame, tuple):
                records += frame
                continue
            if records:
                yield tuple(records)
                records = []
            yield frame
    except FrameError:
        if records:
            yield tuple(records)
        raise
    if records:
        yield tuple(records)


def _check_objects(frame: dict[str, Any]) -> None:
    for name in ("hello", "report", "ack"):
        said = frame.get(name)
        if said is not None and not isinstance(said, dict):
            raise ContractError(f"HostFrame.{name}", f"is {shown(said)}; it must be an object")


def _checked(cls: type[M], obj: object) -> M:
    message = decode(cls, obj)
    check(message)
    return message


def _named_host(frame: dict[str, Any]) -> HostId | None:
    hello = frame.get("hello")
    host_id = (hello.get("hostId") or hello.get("host_id")) if isinstance(hello, dict) else None
    return HostId(host_id) if isinstance(host_id, str) else None


def _decode_report(obj: dict[str, Any]) -> tuple[Record, ...]:
    if not isinstance(obj.get("records", []), list):
        return decode(Report, obj).records
    records = map(_decode_record, obj.get("records", []))
    return tuple(record for record in records if record is not None)


def decode_journal_line(line: bytes) -> Record | None:
    """Read a line of a host's journal. None: a kind of record that is not known here.

    Raises:
        FrameError: it is no proto3-JSON of a JournalRecord, or it cannot be known of what.
    """
    try:
        return _decode_record(parsed(line, "JournalRecord", FRAME))
    except ContractError as error:
        raise FrameError(str(error)) from error


def _decode_record(obj: object) -> Record | None:
    """Read a record. One that is not what it must be spoils the attempt that it is about.

    Raises:
        FrameError: it cannot be known of which.
    """
    try:
        record = _checked(JournalRecord, obj)
    except ContractError as error:
        return _spoilt(obj, error)
    if record.fact is None:
        return None
    return _explained(record)


def _spoilt(obj: object, problem: ContractError) -> Implausible:
    told = obj if isinstance(obj, dict) else {}
    names = {name: told[name] for name in _NAMES if name in told}
    try:
        named = _checked(JournalRecord, {**names, "time": "1970-01-01T00:00:00Z"})
    except ContractError as error:
        raise FrameError(str(error)) from error
    return implausible(named, str(problem))


def _explained(record: JournalRecord) -> JournalRecord:
    """Return a record whose failure, if it is one, is for a reason that is known here."""
    fact = record.fact
    if not isinstance(fact, AttemptFailed) or _is_known(fact.failure.reason):
        return record
    # One that is not known here is taken for a fault of ours.
    failure = replace(fact.failure, reason=FailureReason.INTERNAL)
    return replace(record, fact=replace(fact, failure=failure))


def _is_known(reason: FailureReason | None) -> bool:
    return reason is not None and reason.is_known
