"""Long texts: cut in the log, whole beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import on_store, started_run, step_started
from treadle_contract.event import LogRecord, StepFailed
from treadle_contract.ids import StepKey, TextId
from treadle_contract.run import Failure, FailureReason
from treadle_contract.value import Text
from treadle_launcher.errors import UnknownTextError
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.store import Store

LONG = "".join(f"{number} é\0 ☃ 𝄞\n" for number in range(10_000))


def log(text: str) -> NewEvent:
    payload = LogRecord(level="WARNING", message=Text(head=text))
    return NewEvent(payload=payload, step_key=StepKey("block.s0"), attempt=1)


async def read_whole(store: Store, text_id: TextId, limit: int) -> str:
    pieces = []
    offset = 0
    while piece := await store.get_text(text_id, offset, limit):
        pieces.append(piece)
        offset += len(piece)
    return "".join(pieces)


@pytest.mark.parametrize("limit", [16_384, 1000, 40_000])
def test_a_long_text_is_cut_in_its_event_and_read_whole_by_its_id(
    tmp_path: Path, limit: int
) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        (event,) = await store.append(run_id, [log(LONG)])
        assert isinstance(event.payload, LogRecord)
        text = event.payload.message

        assert await store.events_after(run_id, 3) == (event,)
        assert LONG.startswith(text.head)
        assert LONG.endswith(text.tail)
        whole_size = len(LONG.encode())
        assert text.omitted_bytes == whole_size - len(text.head.encode()) - len(text.tail.encode())
        assert text.text_id is not None
        assert await read_whole(store, text.text_id, limit) == LONG

    on_store(tmp_path / "db", body)


def test_the_same_text_twice_in_one_batch_is_kept_once(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        first, second = await store.append(run_id, [log(LONG), log(LONG)])

        assert first.payload == second.payload

    on_store(tmp_path / "db", body)


def test_the_row_of_a_run_holds_its_failure_with_the_ends_alone(tmp_path: Path) -> None:
    failure = Failure(
        reason=FailureReason.USER_ERROR, message="ValueError: x", traceback=Text(head=LONG)
    )

    async def body(store: Store) -> None:
        run_id = await started_run(store)
        failed = NewEvent(
            payload=StepFailed(failure=failure), step_key=StepKey("block.s0"), attempt=1
        )
        await store.append(run_id, [step_started(0), failed])
        run = await store.get_run(run_id)

        assert run.failure is not None
        assert run.failure.traceback is not None
        assert run.failure.traceback.text_id is not None
        whole = await read_whole(store, run.failure.traceback.text_id, 16_384)
        assert whole == LONG

    on_store(tmp_path / "db", body)


def test_a_text_that_nothing_names_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownTextError):
        on_store(tmp_path / "db", lambda store: store.get_text(TextId("none")))
