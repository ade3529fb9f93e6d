"""Processes that an op forks: what they do at the op's end is not the op's."""

from __future__ import annotations

import pytest

from tests.integration.worker.conftest import Workplace


@pytest.mark.parametrize("leaves", ["return 'of the child'", "yield Output('of the child')"])
def test_a_fork_that_comes_to_the_end_of_the_op_stores_nothing_and_says_so(
    place: Workplace, leaves: str
) -> None:
    ends = leaves.split(maxsplit=1)[0]
    served = place.serve(f"""
        import os
        from treadle import Output
        @asset
        def thing():
            if (child := os.fork()) == 0:
                print("printed by the child")
                {leaves}
                raise AssertionError("past the end")
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            {ends} Output(1, metadata={{"status": status}})
    """)

    (_, succeeded) = served.run()

    (stored,) = succeeded["succeeded"]["stored"]
    assert stored["metadata"][0]["value"] == {"intValue": "1"}
    assert "which thing forked, came to the end of the op" in place.log("stderr")
    assert "past the end" not in place.log("stderr")
    assert place.log("stdout") == "printed by the child\n"


def test_a_fork_that_outlives_the_op_fails_nothing(place: Workplace) -> None:
    served = place.serve("""
        import os
        @asset
        def thing():
            reader, writer = os.pipe()
            if os.fork() == 0:
                return "of the child"
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    """)

    failure = served.run()[-1]["failed"]["failure"]

    assert failure["reason"] == "FAILURE_REASON_EXIT"
    assert "which thing forked" in failure["stderrTail"]["head"]
    assert not list((place.folder / "values").rglob("*thing*/*"))


@pytest.mark.parametrize(
    ("leaves", "status", "words"),
    [
        ("raise ValueError('in the child')", 1, "ValueError: in the child"),
        ("sys.exit(5)", 5, ""),
        ("sys.exit()", 0, ""),
    ],
)
def test_a_fork_that_raises_ends_as_python_ends(
    place: Workplace, leaves: str, status: int, words: str
) -> None:
    served = place.serve(f"""
        import os, sys
        from treadle import Output
        @asset
        def thing():
            if (child := os.fork()) == 0:
                held = open("written", "w")
                held.write("by the child")
                {leaves}
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            return Output(1, metadata={{"status": status, "held": open("written").read()}})
    """)

    (_, succeeded) = served.run()

    (stored,) = succeeded["succeeded"]["stored"]
    assert [each["value"] for each in stored["metadata"]] == [
        {"intValue": str(status)},
        {"stringValue": "by the child"},
    ]
    assert words in place.log("stderr")
    assert "treadle_worker" not in place.log("stderr")


@pytest.mark.parametrize(("other", "imports"), [("async def", True), ("def", False)])
def test_what_calls_an_async_op_is_imported_before_the_fork_and_only_for_one(
    place: Workplace, other: str, imports: bool
) -> None:
    served = place.serve(f"""
        import sys
        @asset
        def thing():
            return Output(1, metadata={{"imported": "asyncio" in sys.modules}})
        @asset
        {other} other():
            return 2
        from treadle import Output
    """)

    (_, succeeded) = served.run()

    (stored,) = succeeded["succeeded"]["stored"]
    assert stored["metadata"][0]["value"] == {"boolValue": imports}
