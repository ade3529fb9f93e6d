"""Log records: in the file all of them, reported the grave ones, and not without end."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_contract.worker import WorkerLogRecord
from treadle_worker.step import log_records
from treadle_worker.step.log_records import AttemptLog, LogRecords
from treadle_worker.step.reports import ReportsLostError


@pytest.fixture
def reported() -> list[WorkerLogRecord]:
    return []


@pytest.fixture
def logger(tmp_path: Path, reported: list[WorkerLogRecord]) -> Iterator[logging.Logger]:
    log = AttemptLog(str(tmp_path / "log"), reported.append)
    handler = LogRecords(log)
    logger = logging.getLogger("op")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    handler.close()
    log.close()


def test_every_record_is_a_line_with_time_level_and_logger(
    logger: logging.Logger, tmp_path: Path, reported: list[WorkerLogRecord]
) -> None:
    logger.debug("small %d", 1)

    (line,) = (tmp_path / "log").read_text().splitlines()
    moment, rest = line.split(" ", 1)
    assert moment.endswith("Z")
    assert rest == "DEBUG op: small 1"
    assert reported == []


def test_a_grave_record_is_reported_with_its_exception(
    logger: logging.Logger, reported: list[WorkerLogRecord]
) -> None:
    try:
        raise ValueError("inner")
    except ValueError:
        logger.exception("outer")

    (told,) = reported
    assert (told.level, told.logger) == ("ERROR", "op")
    assert told.message.startswith("outer\nTraceback")
    assert told.message.endswith("ValueError: inner")


def test_a_long_message_is_cut_in_the_report_alone(
    logger: logging.Logger, tmp_path: Path, reported: list[WorkerLogRecord]
) -> None:
    logger.warning("x" * (log_records.MAX_MESSAGE_CHARACTERS + 5))

    assert len(reported[0].message) < log_records.MAX_MESSAGE_CHARACTERS + 50
    assert (tmp_path / "log").stat().st_size > log_records.MAX_MESSAGE_CHARACTERS


def test_after_many_reports_the_file_goes_on_alone(
    logger: logging.Logger,
    tmp_path: Path,
    reported: list[WorkerLogRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_records, "MAX_REPORTED", 2)

    for number in range(4):
        logger.warning("%d", number)

    assert [told.message for told in reported[:2]] == ["0", "1"]
    assert "in the log file only" in reported[2].message
    assert len(reported) == 3
    assert len((tmp_path / "log").read_text().splitlines()) == 4


def test_a_log_that_was_closed_is_opened_anew_and_no_other_file_gets_its_lines(
    tmp_path: Path,
) -> None:
    log = AttemptLog(str(tmp_path / "log"), lambda record: None)
    log.write("first")
    (number,) = [
        int(name)
        for name in os.listdir("/proc/self/fd")
        if os.path.realpath(f"/proc/self/fd/{name}") == str(tmp_path / "log")
    ]
    with (tmp_path / "users").open("wb") as users:
        os.dup2(users.fileno(), number)

    log.write("second")

    os.close(number)
    log.close()
    assert (tmp_path / "users").read_bytes() == b""
    assert (tmp_path / "log").read_text() == "first\nsecond\n"


def test_a_step_that_logs_nothing_has_no_file(tmp_path: Path) -> None:
    log = AttemptLog(str(tmp_path / "1" / "log"), lambda record: None)
    log.move(str(tmp_path / "2" / "log"))
    log.close()

    assert list(tmp_path.iterdir()) == []


def test_reports_that_are_lost_leave_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def report(record: WorkerLogRecord) -> None:
        raise ReportsLostError

    log = AttemptLog(str(tmp_path / "log"), report)
    LogRecords(log).handle(logging.LogRecord("op", logging.ERROR, __file__, 1, "grave", None, None))
    log.close()

    assert "grave" in (tmp_path / "log").read_text()
    assert capsys.readouterr().err == ""
