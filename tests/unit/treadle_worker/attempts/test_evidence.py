"""What is said of a MemoryError under a limit."""

from __future__ import annotations

import pytest

from treadle_contract.run import Failure, FailureReason, FailureWhere
from treadle_contract.value import Text
from treadle_worker.attempts.evidence import memory_error
from treadle_worker.step.limits import MemoryMet

RAISED = Failure(
    reason=FailureReason.USER_ERROR,
    where=FailureWhere.COMPUTE,
    message="m",
    error_class="builtins.MemoryError",
    traceback=Text(head="t"),
)


@pytest.mark.parametrize(("held", "likely"), [(990, False), (900, False), (899, True), (3, True)])
def test_a_memory_error_is_of_the_limit_for_sure_only_near_it(held: int, likely: bool) -> None:
    found = memory_error("s", MemoryMet(limit_bytes=1000, held_bytes=held), RAISED)

    assert (found.reason, found.where, found.likely) == (FailureReason.OOM, None, likely)
    assert ("most likely" in found.message) == likely
    assert ("was met" in found.evidence[0]) == (not likely)
    assert "1000 bytes" in found.evidence[0]
    assert f"held {held} bytes" in found.evidence[1]
    assert (found.error_class, found.traceback) == ("builtins.MemoryError", Text(head="t"))
