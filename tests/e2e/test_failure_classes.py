"""Each way in which an attempt fails is named, with what it rests on, as a client sees it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.conftest import ASSETS, Session, Start
from treadle_client import (
    FailureReason,
    LogRecord,
    LogStream,
    MemoryScope,
    StepCancelled,
    StepResult,
    StepState,
)
from treadle_client.services._local import Code, connected, local_services

MODULE = "failure_classes.py"
# `make chaos` asks for a million.
LINES = int(os.environ.get("TREADLE_LOG_LINES", "60000"))


def failed(session: Session, name: str) -> StepResult:
    step = session.run(name).steps[name]
    assert step.state is StepState.FAILED
    assert step.failure is not None
    return step


@pytest.mark.parametrize(
    ("name", "reason", "signal", "words"),
    [
        ("user_error", FailureReason.USER_ERROR, "", "no such thing"),
        ("timeout_in_python", FailureReason.TIMEOUT, "SIGTERM", "after 1 s"),
        ("timeout_in_c", FailureReason.TIMEOUT, "SIGTERM", "after 1 s"),
        ("exits", FailureReason.EXIT, "", "exit status 7"),
        ("crashes", FailureReason.SIGNAL, "SIGSEGV", "SIGSEGV"),
        ("killed", FailureReason.SIGNAL, "SIGKILL", "SIGKILL"),
        ("out_of_memory", FailureReason.OOM, "", "out of memory"),
        ("out_of_files", FailureReason.USER_ERROR, "", "Too many open files"),
        ("out_of_cpu", FailureReason.TIMEOUT, "SIGXCPU", "1 CPU seconds"),
        ("impossible_limit", FailureReason.START_FAILED, "", "open files"),
        ("killed_after_its_children", FailureReason.SIGNAL, "SIGKILL", "SIGKILL"),
        ("told_of_cpu", FailureReason.SIGNAL, "SIGXCPU", "SIGXCPU"),
        ("out_of_memory_in_a_task", FailureReason.OOM, "", "out of memory"),
        ("evil", FailureReason.USER_ERROR, "", "raised Evil: words"),
    ],
)
def test_a_failure_has_its_name_and_its_evidence(
    shared: Start, name: str, reason: FailureReason, signal: str, words: str
) -> None:
    step = failed(shared(MODULE), name)

    assert step.failure is not None
    assert step.failure.reason is reason
    assert step.failure.signal == signal
    assert words in step.failure.message
    assert not step.failure.likely
    assert bool(step.failure.evidence) == (
        reason
        in {FailureReason.TIMEOUT, FailureReason.OOM, FailureReason.SIGNAL, FailureReason.EXIT}
    )
    assert step.usage is not None
    assert step.usage.wall.total_seconds() > 0
    assert step.usage.cpu.total_seconds() > 0
    assert step.usage.peak_memory_bytes > 1024 * 1024
    assert step.usage.memory_scope is MemoryScope.LARGEST_PROCESS


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Start]:
    """Start services for the module with flags of the launcher's."""
    with ExitStack() as stack:

        def start_local(*arguments: str) -> Session:
            code = Code(files=(ASSETS / MODULE,))
            home = tmp_path / "home"
            services = local_services(code, home, launcher_arguments=arguments)
            client = stack.enter_context(connected(stack.enter_context(services)))
            return Session(client, home)

        yield start_local


def test_a_deaf_step_is_killed_when_its_time_and_its_grace_are_over(strict: Start) -> None:
    step = failed(strict("--term-grace", "0.2"), "timeout_deaf")

    assert step.failure is not None
    assert step.failure.reason is FailureReason.TIMEOUT
    assert step.failure.signal == "SIGKILL"


def test_an_error_has_its_whole_chain_and_a_crash_its_stack(shared: Start) -> None:
    session = shared(MODULE)
    error = failed(session, "user_error").failure
    crash = failed(session, "crashes").failure
    exit_ = failed(session, "exits").failure

    assert error is not None
    assert crash is not None
    assert exit_ is not None
    assert "KeyError: 'missing'" in error.traceback.whole()
    assert "direct cause" in error.traceback.whole()
    assert error.source is not None
    assert error.source.file.endswith(MODULE)
    assert "Segmentation fault" in crash.stderr_tail.whole()
    assert "in crashes" in crash.stderr_tail.whole()
    assert exit_.stderr_tail.whole() == "last words\n"
    assert exit_.exit_code == 7


def test_memory_that_is_only_spoken_of_is_likely(shared: Start) -> None:
    failure = failed(shared(MODULE), "says_memory").failure

    assert failure is not None
    assert (failure.reason, failure.likely) == (FailureReason.OOM, True)
    assert "most likely" in failure.message
    assert "I say so" in failure.traceback.whole()


def test_a_loop_that_keeps_its_last_error_is_told_whole(shared: Start) -> None:
    failure = failed(shared(MODULE), "polls").failure

    assert failure is not None
    text = failure.traceback.whole()
    assert "ConnectionError: first" in text
    assert text.endswith("ConnectionError: try 1499")
    assert "cannot be told" not in text


def test_an_error_has_what_was_written_before_it(shared: Start) -> None:
    failure = failed(shared(MODULE), "warns_and_raises").failure

    assert failure is not None
    assert failure.reason is FailureReason.USER_ERROR
    assert failure.stderr_tail.whole() == "a warning\n"


def test_metadata_that_cannot_be_kept_costs_no_asset(shared: Start) -> None:
    session = shared(MODULE)

    result = session.succeed("says_too_much")

    (made,) = result.materializations
    assert len(str(made.metadata.get("text", ""))) < 100_000
    warned = [
        str(event.message)
        for event in session.events(result.run_id)
        if isinstance(event, LogRecord)
    ]
    assert any("'text'" in message for message in warned), warned


def test_a_fork_does_not_store_in_the_place_of_the_op(shared: Start) -> None:
    session = shared(MODULE)

    result = session.succeed("forks")

    assert session.value("forks") == "of the op"
    chunks = session.client.run(result.run_id).logs("forks", stream=LogStream.STDERR)
    assert b"which forks forked, came to the end of the op" in b"".join(
        chunk.data for chunk in chunks
    )


def test_a_class_name_without_end_is_cut(shared: Start) -> None:
    failure = failed(shared(MODULE), "named_without_end").failure

    assert failure is not None
    assert failure.reason is FailureReason.USER_ERROR
    assert len(failure.error_class) < 1000
    assert failure.error_class.endswith("EEE")


def test_what_was_cancelled_says_how_it_ended_and_its_last_words(shared: Start) -> None:
    session = shared(MODULE)
    handle = session.client.materialize("waits")
    for event in handle.events():
        if isinstance(event, LogRecord):
            break

    handle.cancel()
    handle.result(timeout=60)

    (cancelled,) = [
        event for event in session.events(handle.run_id) if isinstance(event, StepCancelled)
    ]
    assert (cancelled.signal, cancelled.exit_code) == ("SIGTERM", None)
    assert cancelled.stderr_tail.whole().startswith("last words\n")


def test_limits_are_those_of_the_op(shared: Start) -> None:
    session = shared(MODULE)

    session.succeed("modest")

    assert session.value("modest") == (os.nice(0) + 4, 200, True)


def test_a_text_of_ten_million_characters_arrives_whole(shared: Start) -> None:
    failure = failed(shared(MODULE), "verbose_error").failure

    assert failure is not None
    text = failure.traceback.whole()
    assert "x" * 10_000_000 + "the end" in text


def logged(session: Session) -> tuple[list[str], int]:
    """Run the step that logs a lot and is killed; return its lines, and how many bytes not."""
    handle = session.client.materialize("talkative")
    handle.result(timeout=100)
    chunks = list(handle.logs("talkative", stream=LogStream.LOG))
    text = b"".join(chunk.data for chunk in chunks).decode()
    return text.splitlines(), sum(chunk.omitted_bytes for chunk in chunks)


def test_all_lines_before_a_kill_arrive_when_the_limit_is_above_them(strict: Start) -> None:
    lines, omitted = logged(strict("--log-limit", str(2**30)))

    assert omitted == 0
    assert [line[-11:] for line in lines] == [f"line {number:06d}" for number in range(LINES)]


def test_beyond_the_limit_head_and_tail_arrive_and_the_count_between_them(strict: Start) -> None:
    lines, omitted = logged(strict("--log-limit", str(2**20)))

    assert lines[0].endswith("line 000000")
    assert lines[-1].endswith(f"line {LINES - 1:06d}")
    kept = sum(len(line) + 1 for line in lines)
    assert kept == pytest.approx(2**20, abs=2)
    size = len(lines[0]) + 1
    assert kept + omitted == pytest.approx(size * LINES, abs=2)
