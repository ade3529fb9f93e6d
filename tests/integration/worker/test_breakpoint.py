"""breakpoint() in an op: nobody sits before a step's process, and it says where one can."""

from __future__ import annotations

from tests.integration.worker.conftest import Workplace

CODE = """
    @asset
    def thing():
        breakpoint()
"""


def test_a_breakpoint_names_the_command_that_has_a_terminal(place: Workplace) -> None:
    served = place.serve(CODE)

    served.send_task()
    *_, ended = served.connection.records()

    failure = ended["failed"]["failure"]
    assert failure["reason"] == "FAILURE_REASON_USER_ERROR"
    assert failure["message"].endswith(
        "treadle runs debug run1 thing --break -f FILE (or -m MODULE)."
    )
