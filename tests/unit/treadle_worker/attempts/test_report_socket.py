"""The host's end of a step's reports, in a loop that turns."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from treadle_contract import json_codec
from treadle_contract.worker import WorkerLogRecord
from treadle_worker import frames
from treadle_worker.attempts.attempt_end import Undecoded
from treadle_worker.attempts.report_socket import ReportEnd
from treadle_worker.host.loop import Loop
from treadle_worker.step.reports import Reports, word

FACT = WorkerLogRecord(level="WARNING", logger="a", message="words")
UNDECODED = Undecoded(name="logRecord", body=json_codec.encode(FACT))


class Kit:
    def __init__(self) -> None:
        ours, self.step = socket.socketpair()
        ours.setblocking(False)
        self.fd = ours.detach()
        self.loop = Loop()
        self.facts: list[Undecoded] = []
        self.end = ReportEnd(self.loop, self.fd, self.facts.append)

    def report(self) -> None:
        reports = Reports(os.dup(self.step.fileno()))
        reports.send(FACT)
        reports.close()

    @property
    def is_open(self) -> bool:
        with suppress(OSError):
            os.fstat(self.fd)
            return True
        return False


@pytest.fixture
def kit() -> Iterator[Kit]:
    kit = Kit()
    yield kit
    kit.end.finish()
    kit.step.close()
    kit.loop.leave_to_parent()


def test_what_a_step_reports_is_taken_as_it_comes(kit: Kit) -> None:
    kit.report()

    kit.loop.turn()

    assert kit.facts == [UNDECODED]


def test_a_step_that_waits_gets_the_word(kit: Kit) -> None:
    kit.end.give_word()

    assert kit.step.recv(8) == word()


def test_a_step_that_ended_without_the_word_has_ended_and_no_more(kit: Kit) -> None:
    kit.report()
    kit.end.give_word()
    kit.step.close()

    kit.end.finish()

    assert kit.facts == [UNDECODED]
    assert not kit.is_open
    kit.end.give_word()


def test_what_was_left_behind_may_hold_the_socket(kit: Kit) -> None:
    stray = kit.step.dup()
    kit.report()
    kit.step.close()

    kit.end.finish()

    assert kit.facts == [UNDECODED]
    assert not kit.is_open
    stray.close()


def test_garbage_ends_the_reports_and_is_told_of_the_attempt_alone(
    kit: Kit, capfd: pytest.CaptureFixture[str]
) -> None:
    kit.step.sendall(b"\xff" * 8)

    kit.loop.turn()

    assert not kit.is_open
    assert kit.end.garbage == "a frame of 4294967295 bytes is over the limit"
    # What a host prints is quoted when it is lost, to whoever ran in it then.
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "body", [b"nonsense", b"[]", b"{}", b'{"succeeded": 1}', b'{"cancelled": {}}', b"\xff"]
)
def test_a_frame_that_tells_no_fact_is_garbage(kit: Kit, body: bytes) -> None:
    kit.step.sendall(frames.pack(body))

    kit.loop.turn()

    assert not kit.is_open
    assert kit.end.garbage.startswith("JournalRecord")
    assert kit.facts == []


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (b"[" * 980 + b"]" * 980, "nested deeper than the 120 levels"),
        (b"[" + b"[]," * 1_000_000 + b"[]]", "values, and 2,000,000 is the most"),
        (b"[" + b"1e15," * 1_900_000 + b'"' + b"x" * 36_000_000 + b'"]', "66,060,288 is the most"),
        (b"9" * 4000, "a number has 4,000 digits"),
    ],
)
def test_a_report_that_would_be_too_much_for_this_process_is_garbage(
    kit: Kit, inner: bytes, said: str
) -> None:
    kit.step.settimeout(None)
    frame = memoryview(frames.pack(b'{"succeeded":{"later":' + inner + b"}}"))
    kit.step.setblocking(False)
    while frame:
        with suppress(BlockingIOError):
            frame = frame[kit.step.send(frame) :]
        kit.end.hear()

    assert said in kit.end.garbage
    assert kit.facts == []


def test_a_report_that_does_not_end_is_cut(kit: Kit) -> None:
    kit.step.sendall(b"\x00\x00\xff\xff")
    kit.report()
    kit.step.close()

    kit.end.finish()

    assert kit.end.is_cut
    assert kit.facts == []
