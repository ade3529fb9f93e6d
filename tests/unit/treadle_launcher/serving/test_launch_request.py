"""What a request is compared by with a later one of its key: all that can be asked for."""

from __future__ import annotations

from typing import Any

import pytest

from treadle_contract.fields import fields_of, message_class
from treadle_contract.ids import KeyText
from treadle_contract.launcher import LaunchRunRequest
from treadle_contract.message import ENUMS, Kind, Label
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import (
    PlanOptions,
    RecordedAssets,
    Reexecution,
    ReexecutionKind,
    Selection,
)
from treadle_launcher.serving.launch_request import RunLimits
from treadle_launcher.wire.launcher import launch_of

PARTS = {"selection": Selection, "options": PlanOptions, "reexecution": Reexecution}
AGAIN = Reexecution(parent_run_id="r", kind=ReexecutionKind.STEPS)  # type: ignore[arg-type]


def some(field: Any) -> Any:
    """Return something that a field may hold and that is not its blank."""
    if field.label is Label.MAP:
        return {"k": "v"}
    plain: dict[Kind, Any] = {Kind.TEXT: "x", Kind.WHOLE: 3, Kind.WIDE: 3, Kind.FLAG: True}
    plain[Kind.VALUE] = {"ops": {}}
    if field.kind is Kind.ENUM:
        schema = ENUMS[field.of]
        return next(schema.of(word) for number, word in schema.values.items() if number)
    messages = {
        "PartitionKeyRange": PartitionKeyRange(first="a", last="b"),
        "RecordedAssets": RecordedAssets(missing_asset_keys=(KeyText("a"),)),
    }
    one = messages[field.of] if field.of in messages else plain[field.kind]
    return (one,) if field.label is Label.MANY else one


def named(**fields: Any) -> dict[str, Any]:
    """Return what a request is compared by: what is blank is not given."""
    asked = launch_of(LaunchRunRequest(**fields)).fields
    return {name: value for name, value in asked.items() if value}


@pytest.mark.parametrize(
    "field",
    [field for field in fields_of(LaunchRunRequest) if field.slot not in PARTS],
    ids=lambda field: field.slot,
)
def test_every_field_of_a_request_is_compared(field: Any) -> None:
    before: dict[str, Any] = {"reexecution": AGAIN} if field.slot.startswith("no_") else {}

    is_compared = named(**before, **{field.slot: some(field)}) != named(**before)

    assert is_compared is (field.slot != "idempotency_key")


@pytest.mark.parametrize(
    ("part", "field"),
    [(part, field) for part, cls in PARTS.items() for field in fields_of(cls)],
    ids=lambda each: each if isinstance(each, str) else each.slot,
)
def test_every_field_of_what_a_request_is_made_of_is_compared(part: str, field: Any) -> None:
    of = message_class(next(each for each in fields_of(LaunchRunRequest) if each.slot == part))
    blank = {"parent_run_id": "r", "kind": ReexecutionKind.STEPS} if of is Reexecution else {}

    said = named(**{part: of(**{**blank, field.slot: some(field)})})

    assert said != named(**{part: of(**blank)})


def test_limits_that_are_left_open_are_those_of_the_run_before() -> None:
    class Earlier:
        timeout_ms = 5
        retry_lost = 2

    earlier: Any = Earlier()

    assert RunLimits().of_run(earlier) == RunLimits(timeout_ms=5, retry_lost=2)
    assert RunLimits(timeout_ms=0).of_run(earlier) == RunLimits(timeout_ms=0, retry_lost=2)
    assert RunLimits(retry_lost=1).of_run(None) == RunLimits(timeout_ms=0, retry_lost=1)
