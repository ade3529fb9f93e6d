"""IO managers through the services: each stores where it says, and memory refuses to lose."""

from __future__ import annotations

import pickle
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle
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


def test_what_a_manager_of_the_user_stored_comes_back_through_it(
    client: treadle_client.Client, scratch: Path
) -> None:
    definitions = runpy.run_path(str(ASSETS / "managers.py"))["defs"]
    result = client.materialize("number or noted", config=CONFIG).result()

    with pytest.raises(treadle_client.ValueUnreadableError, match="definitions="):
        client.load("number")
    assert client.load("number", definitions=definitions) == 5
    assert client.load("number", run=result.run_id, definitions=definitions, python_type=int) == 5
    assert result.value("number", definitions=definitions) == 5
    # What Treadle stored is read as ever.
    assert client.load("noted", definitions=definitions, python_type=list) == [5, "note: hello"]

    for key in ("number", "noted"):
        with pytest.raises(treadle_client.ValueUnreadableError, match="dict was asked for"):
            client.load(key, definitions=definitions, python_type=dict)
    with pytest.raises(ValueError, match=r"definitions is 5"):
        client.load("number", definitions=5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"have no asset 'number'"):
        client.load("number", definitions=treadle.Definitions())
    (scratch / "files" / "number").unlink()
    with pytest.raises(treadle_client.ValueUnreadableError, match=r"files/number does not exist"):
        client.load("number", definitions=definitions)
