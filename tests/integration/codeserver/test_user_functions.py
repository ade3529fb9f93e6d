"""Functions of the user's about partitions: a process beside the code server runs them, and ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_status import rpc_status

from tests.integration.codeserver.conftest import CodeServer, running_server
from treadle_api.v1 import codeserver_pb2, plan_pb2

MODULE = """
import os
import treadle as t

LETTERS = t.StaticPartitionsDefinition(["a", "b", "c"])
with open(__file__ + ".imports", "a") as told:
    told.write("x")


class Spelled(t.PartitionMapping):
    def get_upstream_mapped_partitions_result_for_partitions(self, words, mine, its, now, store):
        if "raise" in words:
            raise ValueError("no such word")
        if "exit" in words:
            os._exit(3)
        return [letter for word in words for letter in word]

    def get_downstream_partitions_for_partitions(self, letters, its, mine, now, store):
        return [word for word in mine.get_partition_keys() if set(word) & set(letters)]


@t.asset(partitions_def=LETTERS)
def letter():
    return 1


WORDS = t.StaticPartitionsDefinition(["ab", "abc", "ca", "raise", "exit"])


@t.asset(partitions_def=WORDS, ins={"letter": t.AssetIn(partition_mapping=Spelled())})
def word(letter):
    return letter


class Settings(t.Config):
    n: int


@t.asset(partitions_def=WORDS)
def count(config: Settings):
    return config.n


@t.partitioned_config(WORDS)
def config(key):
    return {"ops": {"count": {"config": {"n": len(key) if len(key) < 5 else "many"}}}}


defs = t.Definitions(
    assets=[letter, word, count], jobs=[t.define_asset_job("j", "count", config=config)]
)
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("words") / "words.py"
    path.write_text(MODULE)
    return path


@pytest.fixture(scope="module")
def server(module: Path, socket_folder: Path) -> Iterator[CodeServer]:
    """One server for all that only ask."""
    with running_server(["-f", module, "--bind", f"unix:{socket_folder}/words.sock"]) as found:
        yield found


def asked(server: CodeServer, *expressions: str, key: str, job: str = "") -> list[Any]:
    """Return the steps of a plan of one partition."""
    options = plan_pb2.PlanOptions(partitions=[{"first": key, "last": key}])  # type: ignore[list-item] # as protobuf takes it
    request = codeserver_pb2.PlanRequest(
        selection=plan_pb2.Selection(expressions=expressions, job=job), options=options
    )
    call = server.stub.Plan(request, timeout=60, metadata=server.metadata)
    return [step for response in call for step in response.part.steps]


def letters_for(server: CodeServer, word: str) -> list[str]:
    """Return the ranges of letters that a word reads."""
    (step,) = (step for step in asked(server, "word", key=word) if step.key == "word")
    (source,) = step.inputs[0].sources
    return [f"{each.first}..{each.last}" for each in source.partitions.ranges]


def message_of(error: grpc.RpcError) -> str:
    status = rpc_status.from_call(error)
    assert status is not None
    return str(status.message)


def test_answers_come_from_a_process_that_imported_the_code_and_are_kept(
    server: CodeServer, module: Path
) -> None:
    imports = module.with_name("words.py.imports")
    before = len(imports.read_text())

    letters = [letters_for(server, "ca") for _ in range(3)]

    assert letters == [["a..a", "c..c"]] * 3
    assert len(imports.read_text()) == before + 1


def test_the_config_of_a_job_is_made_for_the_partition_that_is_planned(
    server: CodeServer,
) -> None:
    (step,) = (step for step in asked(server, job="j", key="ca") if step.key == "count")
    with pytest.raises(grpc.RpcError) as refused:
        asked(server, job="j", key="raise")

    assert step.config.map_value.entries["n"].int_value == 2
    assert "many" in message_of(refused.value)


def test_what_a_function_raises_is_told_with_its_line(server: CodeServer, module: Path) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        letters_for(server, "raise")

    message = message_of(refused.value)
    assert "word reads letter by the partition mapping Spelled, which gave no answer" in message
    assert "ValueError: no such word" in message
    assert f'{module}", line 13' in message


def test_a_function_that_ends_its_process_ends_no_other(server: CodeServer) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        letters_for(server, "exit")

    assert "exited with status 3" in message_of(refused.value)
    assert letters_for(server, "ab") == ["a..b"]


def test_code_that_is_another_by_now_answers_nothing(server: CodeServer, module: Path) -> None:
    module.write_text(MODULE + "\nMORE = 1\n")

    try:
        with pytest.raises(grpc.RpcError) as refused:
            letters_for(server, "abc")
    finally:
        module.write_text(MODULE)

    assert "reload the location" in message_of(refused.value)
