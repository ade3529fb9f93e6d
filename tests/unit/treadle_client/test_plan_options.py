"""Each field of PlanOptions can be chosen, in Python and on the command line, and is shown."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum
from typing import Any

import click
import pytest

from tests.unit.treadle_client.conftest import FakeLauncher
from treadle_api.v1 import plan_pb2
from treadle_client import Client, PlanOptions
from treadle_client._plan_options import CHOICES, plan_options, told_options
from treadle_client.cli.commands.materialize import materialize
from treadle_client.cli.commands.plan import plan

EACH = [(name, member) for name, kind in CHOICES.items() for member in kind]


def test_every_field_of_the_contract_is_a_choice() -> None:
    fields = {field.name for field in plan_pb2.PlanOptions.DESCRIPTOR.fields}
    assert {*CHOICES, "config", "partitions"} == fields


@pytest.mark.parametrize("call", [Client.plan, Client.materialize])
def test_every_choice_is_an_argument(call: object) -> None:
    assert callable(call)
    assert set(CHOICES) <= set(inspect.signature(call).parameters)


@pytest.mark.parametrize("command", [plan, materialize])
def test_every_choice_is_a_flag(command: click.Command) -> None:
    assert {f"--{name.replace('_', '-')}" for name in CHOICES} <= {
        text for parameter in command.params for text in parameter.opts
    }


@pytest.mark.parametrize(("name", "member"), EACH)
def test_each_choice_is_sent_by_both_calls(
    launcher: FakeLauncher, address: str, name: str, member: StrEnum
) -> None:
    chosen: dict[str, Any] = {name: member.value}
    with Client.connect(address) as client:
        client.plan("a", **chosen)
        client.materialize("a", **chosen)

    sent: list[Any] = [call for rpc, call in launcher.calls if rpc in ("PlanRun", "LaunchRun")]
    assert len(sent) == 2
    for request in sent:
        ((field, number),) = request.options.ListFields()
        word = field.enum_type.values_by_number[number].name.lower()
        assert field.name == name
        enum = re.sub(r"(?<!^)(?=[A-Z])", "_", field.enum_type.name)
        assert word == f"{enum}_{member.value}".lower()


def test_what_was_chosen_is_told_in_words() -> None:
    chosen = plan_options(siblings="run", unselected_outputs="FAIL", unrecorded_loads=None)

    assert told_options(chosen) == "unselected outputs fail, siblings run"
    assert told_options(PlanOptions()) == ""
    for name, member in EACH:
        assert str(member) in told_options(plan_options(**{name: member}))
