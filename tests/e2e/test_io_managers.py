"""IO managers through the services: each stores where it says, and memory refuses to lose."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import ASSETS

CONFIG = {"resources": {"said": {"config": {"text": "hello"}}}}


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, scratch: Path
) -> Iterator[treadle_client.Client]:
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(ASSETS / "managers.py", home=home) as started:
        yield started


def test_values_lie_where_each_manager_says(client: treadle_client.Client, scratch: Path) -> None:
    run = client.materialize("number or noted or kept", config=CONFIG)
    run.result()

    assert client.load("noted") == [5, "note: hello"]
    assert client.load("kept") == [5, "note: hello", "kept"]
    assert pickle.loads((scratch / "files" / "number").read_bytes()) == 5


def test_what_an_input_manager_needs_to_be_told_is_asked_for_before_anything_starts(
    client: treadle_client.Client,
) -> None:
    with pytest.raises(treadle_client.ConfigError, match=r"resources\.said\.config"):
        client.materialize("noted")


def test_memory_refuses_to_lose_a_value(client: treadle_client.Client) -> None:
    run = client.materialize("remembered")

    failure = run.result().steps["remembered"].failure
    assert failure is not None
    assert "ends with its task" in failure.message
