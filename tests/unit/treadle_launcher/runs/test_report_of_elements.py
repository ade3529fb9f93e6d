"""What a host reports of a dynamic output is believed as far as it can be of the task that it was given."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.treadle_launcher.runs.test_expanding import FAN, NESTED
from tests.unit.treadle_launcher.runs.test_run_view import NOW, Log
from treadle_contract.event import OutputStored
from treadle_contract.ids import TaskId
from treadle_contract.plan import FannedOut
from treadle_contract.value import ValueRef
from treadle_contract.worker import AttemptSucceeded, JournalRecord
from treadle_launcher.clock import as_moment
from treadle_launcher.runs.journal import Implausible
from treadle_launcher.runs.report_check import believed


def problem(log: Log, stored: tuple[OutputStored, ...], **told: Any) -> str:
    fact = AttemptSucceeded(stored=stored, **{"yielded_outputs": ("out",), **told})
    record = JournalRecord(
        number=1, task_id=TaskId("t"), step_key=FAN, attempt=1, time=as_moment(NOW), fact=fact
    )
    found = believed(log.view, record)
    return found.problem if isinstance(found, Implausible) else ""


def element(key: str) -> OutputStored:
    return OutputStored(output="out", mapping_key=key, value_ref=None)


@pytest.fixture
def log() -> Log:
    log = Log(NESTED)
    log.begin()
    log.start(FAN)
    return log


def keys(*mapping_keys: str) -> tuple[FannedOut, ...]:
    return (FannedOut(output="out", mapping_keys=mapping_keys),)


def test_elements_with_their_keys_are_believed(log: Log) -> None:
    assert problem(log, (element("a"), element("b")), fanned_out=keys("a", "b")) == ""
    assert problem(log, (), fanned_out=keys()) == ""


@pytest.mark.parametrize(
    ("stored", "fanned_out", "said"),
    [
        ((), (), "succeeded.fanned_out lacks 'out', which was yielded"),
        ((), keys("a"), "succeeded.stored lacks 'out' of 'a', which was yielded"),
        ((element("b"),), keys("a"), "mapping_key is 'b', which was not yielded"),
        ((element("a"),), keys("a", "a"), "mapping_keys[1] is 'a', as one before it"),
        ((element("a b"),), keys("a b"), "which is no mapping key"),
        ((), (FannedOut(output="other"),), "which is no dynamic output that was yielded"),
        ((element("a"), element("a")), keys("a"), "as one before it"),
        (
            (
                OutputStored(
                    output="out", mapping_key="a", value_ref=ValueRef(store="files", key="x")
                ),
            ),
            keys("a"),
            "the value is none of Treadle's own manager",
        ),
    ],
)
def test_what_does_not_fit_is_not_believed(
    log: Log, stored: tuple[OutputStored, ...], fanned_out: tuple[FannedOut, ...], said: str
) -> None:
    assert said in problem(log, stored, fanned_out=fanned_out)
