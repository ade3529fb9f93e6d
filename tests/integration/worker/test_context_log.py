"""context.log and reports while an op does to logging, and to descriptors, what it likes."""

from __future__ import annotations

import pytest

from tests.integration.worker.conftest import Workplace
from treadle_worker import frames

CHANGES = {
    "configured": 'logging.config.dictConfig({"version": 1, "root": {"level": "ERROR"}})',
    "forced": "logging.basicConfig(force=True, handlers=[logging.NullHandler()])",
    "disabled": "logging.disable(logging.CRITICAL)",
    "cleared": "logging.getLogger().handlers.clear()",
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_to_logging_takes_records_from_the_attempt(place: Workplace, change: str) -> None:
    served = place.serve(f"""
        import logging, logging.config, threading
        @asset
        def thing(context):
            context.log.debug("before")
            {CHANGES[change]}
            context.log.info("after")
            context.log.getChild("part").error("of a part")
            thread = threading.Thread(target=context.log.info, args=("of a thread",))
            thread.start()
            thread.join()
    """)

    _, told, end = served.run()

    assert "succeeded" in end
    assert told["logRecord"]["message"] == "of a part"
    assert said(place) == ["before", "after", "of a part", "of a thread"]


def test_a_logger_that_the_module_asked_for_is_heard_in_the_step(place: Workplace) -> None:
    served = place.serve("""
        from treadle import get_dagster_logger
        log = get_dagster_logger()
        of_shop = get_dagster_logger("shop")
        @asset
        def thing():
            log.debug("small")
            of_shop.warning("grave")
    """)

    _, told, end = served.run()

    assert "succeeded" in end
    assert (told["logRecord"]["logger"], told["logRecord"]["message"]) == (
        "treadle.step.shop",
        "grave",
    )
    assert said(place) == ["small", "grave"]


def said(place: Workplace) -> list[str]:
    return [line.split(": ", 1)[1] for line in place.log("log").splitlines()]


@pytest.mark.parametrize("start", ["auto", "spawn"])
@pytest.mark.parametrize("limits", ["Limits()", "Limits(open_files=16)"])
def test_ordinary_descriptors_can_be_closed(place: Workplace, start: str, limits: str) -> None:
    served = place.serve(
        f"""
        import os
        @asset(limits={limits})
        def thing(context):
            os.closerange(3, 1024)
            with open("users", "w") as users:
                context.log.warning("to the log")
                users.write("theirs")
    """,
        startMethod=start,
    )

    _, told, end = served.run()

    assert "succeeded" in end
    assert told["logRecord"]["message"] == "to the log"
    assert said(place) == ["to the log"]
    assert (place.folder / "users").read_text() == "theirs"


@pytest.mark.parametrize("start", ["auto", "spawn"])
@pytest.mark.parametrize("then", ["pass", "raise ValueError('inner')"])
def test_an_attempt_whose_op_closed_the_report_socket_fails_and_says_so(
    place: Workplace, start: str, then: str
) -> None:
    served = place.serve(
        f"""
        import os
        @asset
        def thing(context):
            ours = [int(fd) for fd in os.listdir("/proc/self/fd") if int(fd) > 2]
            os.closerange(3, max(ours) + 1)
            with open("users", "wb") as users:
                for fd in ours:
                    fd in (users.fileno(), 0) or os.dup2(users.fileno(), fd)
                context.log.warning("to the log")
                {then}
    """,
        startMethod=start,
    )

    _, end = served.run()

    failure = end["failed"]["failure"]
    assert failure["reason"] == "FAILURE_REASON_USER_ERROR"
    assert (
        "thing closed the descriptor that its process reports to Treadle on" in failure["message"]
    )
    assert said(place) == ["to the log"]
    assert (place.folder / "users").read_bytes() == b""
    assert ("ValueError: inner" in str(failure.get("stderrTail"))) == ("inner" in then)


def test_code_that_closes_it_while_it_is_imported_is_told_of_the_same(place: Workplace) -> None:
    served = place.serve(
        """
        import os, sys
        if "step" in sys.orig_argv:
            os.closerange(3, 100_000)
        @asset
        def thing():
            pass
    """,
        startMethod="spawn",
    )

    (end,) = served.run()

    assert "closed the descriptor" in end["failed"]["failure"]["message"]


DEEP = b'{"succeeded":{"later":' + b"[" * 980 + b"]" * 980 + b"}}"


@pytest.mark.parametrize("garbage", [b"\xff" * 8, b"\x00\x00\xff\xff", frames.pack(DEEP)])
def test_code_that_writes_to_every_descriptor_is_told_so(place: Workplace, garbage: bytes) -> None:
    served = place.serve(f"""
        import contextlib, os
        @asset
        def thing():
            for name in os.listdir("/proc/self/fd"):
                with contextlib.suppress(OSError):
                    os.write(int(name), {garbage!r})
    """)

    end = served.run()[-1]

    failure = end["failed"]["failure"]
    assert failure["reason"] == "FAILURE_REASON_USER_ERROR"
    assert "thing wrote to the descriptor that its process reports" in failure["message"]
    assert "something else than a report there: " in failure["evidence"][0]


def test_processes_that_the_op_starts_write_to_its_log(place: Workplace) -> None:
    served = place.serve("""
        import multiprocessing, os
        def closes_all(log):
            os.closerange(3, 100_000)
            with open("users", "w"), open("others", "w"):
                log.info("forked")
        @asset
        def thing(context):
            context.log.info("before")
            child = multiprocessing.get_context("fork").Process(target=closes_all, args=(context.log,))
            child.start()
            child.join()
            context.log.info("after")
    """)

    assert "succeeded" in served.run()[-1]
    assert said(place) == ["before", "forked", "after"]
    assert (place.folder / "users").read_text() == ""
