"""The calls about partitions, at a launcher's socket."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

CODE = """
from treadle import asset

@asset
def one():
    return 1
"""


@pytest.fixture(scope="module")
def caller(shared_services) -> Iterator:
    code = shared_services.code_server(shared_services.module("parts", CODE), "parts")
    launcher = shared_services.launcher("--location", code.address, ephemeral=True)
    return shared_services.caller(launcher.address)


def keys_of(caller, name: str) -> list[str]:
    keys, token = [], ""
    while True:
        page = caller.ListDynamicPartitions(name=name, page_size=2, page_token=token)
        keys.extend(page.partition_keys)
        token = page.next_page_token
        if not token:
            return keys


def test_dynamic_keys_are_added_listed_in_pages_and_removed(caller):
    added = caller.AddDynamicPartitions(name="colours", partition_keys=["red", "blue", "green"])
    again = caller.AddDynamicPartitions(name="colours", partition_keys=["blue", "white"])
    removed = caller.RemoveDynamicPartitions(name="colours", partition_keys=["red", "black"])

    assert list(added.added_keys) == ["red", "blue", "green"]
    assert list(again.added_keys) == ["white"]
    assert list(removed.removed_keys) == ["red"]
    assert keys_of(caller, "colours") == ["blue", "green", "white"]
    assert keys_of(caller, "nobody") == []


@pytest.mark.parametrize("call", ["AddDynamicPartitions", "RemoveDynamicPartitions"])
@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"partition_keys": ["a"]}, "name"),
        ({"name": "colours"}, "partition_keys"),
        ({"name": "colours", "partition_keys": ["two\nlines"]}, "partition_keys"),
    ],
)
def test_a_change_that_names_nothing_is_refused_by_its_field(caller, call, fields, named):
    with pytest.raises(grpc.RpcError) as raised:
        getattr(caller, call)(**fields)

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert f"{call}Request.{named}" in raised.value.details()


@pytest.mark.parametrize(
    ("key", "problem"),
    [("a..b", "has '..', which stands between keys"), (" a", "begins or ends with a blank")],
)
def test_a_key_that_no_run_could_name_is_not_added(caller, key, problem):
    with pytest.raises(grpc.RpcError, match=problem) as raised:
        caller.AddDynamicPartitions(name="shapes", partition_keys=["round", key])

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert keys_of(caller, "shapes") == []
