from __future__ import annotations

import pytest

from treadle_api.codec import to_proto
from treadle_api.v1 import plan_pb2
from treadle_contract.ids import StepKey
from treadle_contract.message import ContractError
from treadle_contract.plan import PlannedStep, Verdict
from treadle_launcher import defaults
from treadle_launcher.wire.known_steps import KnownSteps


def step(key: str, reason: str = "Makes it.") -> PlannedStep:
    return PlannedStep(key=StepKey(key), verdict=Verdict.RUN, reason=reason)


def said(step: PlannedStep) -> plan_pb2.PlannedStep:
    return to_proto(step, plan_pb2.PlannedStep)


def test_a_step_that_is_said_again_is_the_same_one() -> None:
    known = KnownSteps()

    first = known.read([said(step("a")), said(step("b"))])
    again = known.read([said(step("b")), said(step("a", "Feeds b."))])

    assert first == (step("a"), step("b"))
    assert again == (step("b"), step("a", "Feeds b."))
    assert again[0] is first[1]


def test_what_the_contract_does_not_allow_is_refused_each_time() -> None:
    known = KnownSteps()

    for _ in range(2):
        with pytest.raises(ContractError, match=r"PlannedStep\.key is not set"):
            known.read([said(step(""))])


def test_of_too_many_all_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownSteps()
    monkeypatch.setattr(defaults, "KNOWN_STEP_BYTES", said(step("a")).ByteSize())

    first, _, again = known.read([said(step("a")), said(step("b")), said(step("a"))])

    assert first == again
    assert first is not again
