"""Keys of dynamic definitions: ordered as they were added, each once, in pages."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.unit.treadle_launcher.store.samples import on_store
from treadle_launcher.errors import BadPageTokenError
from treadle_launcher.store.errors import StoreClosedError
from treadle_launcher.store.store import Store, open_store, reading_store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


def test_keys_come_back_in_the_order_of_their_addition(database: Path) -> None:
    async def body(store: Store) -> None:
        assert await store.partitions.add_keys("colours", ["red", "blue", "red"]) == ("red", "blue")
        assert await store.partitions.add_keys("colours", ["a", "blue"]) == ("a",)
        await store.partitions.add_keys("sizes", ["red"])

        found = await store.partitions.keys_of(["colours", "sizes", "none"])

        assert found == {"colours": ("red", "blue", "a"), "sizes": ("red",), "none": ()}

    on_store(database, body)


def test_a_key_that_was_removed_comes_back_as_the_last(database: Path) -> None:
    async def body(store: Store) -> None:
        await store.partitions.add_keys("colours", ["red", "blue"])
        removed = await store.partitions.remove_keys("colours", ["green", "red", "red"])
        assert removed == ("red",)
        await store.partitions.add_keys("colours", ["red"])

        assert await store.partitions.keys_of(["colours"]) == {"colours": ("blue", "red")}

    on_store(database, body)


def test_keys_are_listed_in_pages_of_one_name(database: Path) -> None:
    async def body(store: Store) -> None:
        keys = tuple(f"k{number}" for number in range(7))
        await store.partitions.add_keys("colours", keys)
        first = await store.partitions.keys_page("colours", page_size=4)
        second = await store.partitions.keys_page("colours", 4, first.next_page_token)

        assert (*first.items, *second.items) == keys
        assert second.next_page_token == ""
        with pytest.raises(BadPageTokenError):
            await store.partitions.keys_page("sizes", 4, first.next_page_token)

    on_store(database, body)


def test_a_store_that_only_reads_takes_no_keys(database: Path) -> None:
    on_store(database, lambda store: store.partitions.add_keys("colours", ["red"]))
    with reading_store(database) as store:
        assert asyncio.run(store.partitions.keys_of(["colours"])) == {"colours": ("red",)}
        with pytest.raises(StoreClosedError):
            store.partitions.add_keys("colours", ["blue"])


def test_a_file_that_is_only_read_and_has_no_such_table_yet_has_no_keys(database: Path) -> None:
    with open_store(database):
        pass
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE dynamic_partitions")

    with reading_store(database) as store:
        assert asyncio.run(store.partitions.keys_of(["colours"])) == {"colours": ()}
        assert asyncio.run(store.partitions.keys_page("colours")).items == ()


@examples(20)
@given(
    changes=st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from("abcde"), max_size=4))),
)
def test_any_changes_leave_what_an_ordered_set_would_hold(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[bool, list[str]]]
) -> None:
    model: dict[str, None] = {}

    async def body() -> tuple[str, ...]:
        database = tmp_path_factory.mktemp("keys") / "treadle.db"
        with open_store(database) as store:
            for adds, keys in changes:
                if adds:
                    await store.partitions.add_keys("d", keys)
                    model.update(dict.fromkeys(keys))
                else:
                    await store.partitions.remove_keys("d", keys)
                    for key in keys:
                        model.pop(key, None)
            return (await store.partitions.keys_of(["d"]))["d"]

    assert asyncio.run(body()) == tuple(model)
