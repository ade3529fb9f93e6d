from __future__ import annotations

import multiprocessing
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from treadle_worker.loading import given_resources, left_open


class Holder:
    """What a user's resource is: an object with something in it."""

    def __init__(self, held: object) -> None:
        self.parts = {"inner": [held]}


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def warned(resources: dict[str, object], of_jobs: Any = None) -> list[str]:
    return list(given_resources.warnings(left_open.before(), resources, of_jobs or {}))


def a_socket(opened: ExitStack, _: Path) -> object:
    listening = opened.enter_context(socket.socket())
    listening.bind(("127.0.0.1", 0))
    return listening


def a_database(opened: ExitStack, folder: Path) -> object:
    return opened.enter_context(closing(sqlite3.connect(folder / "shop.db")))


def a_taken_lock(opened: ExitStack, _: Path) -> object:
    lock = threading.Lock()
    opened.enter_context(lock)
    return lock


def a_shared_lock(_: ExitStack, __: Path) -> object:
    return multiprocessing.get_context("fork").Lock()


def a_file(opened: ExitStack, folder: Path) -> object:
    return opened.enter_context((folder / "both").open("w+b"))


def a_thread(opened: ExitStack, _: Path) -> object:
    told = threading.Event()
    thread = threading.Thread(target=told.wait, name="pump")
    thread.start()
    opened.callback(thread.join)
    opened.callback(told.set)
    return thread


def a_process(opened: ExitStack, _: Path) -> object:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    opened.enter_context(process)
    return process


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (a_socket, "a socket at 127.0.0.1:"),
        (a_database, "a connection to the database"),
        (a_taken_lock, "a lock that is taken"),
        (a_shared_lock, "a multiprocessing SemLock|a multiprocessing Lock"),
        (a_file, "open to be read and written"),
        (a_thread, "the thread 'pump', which runs"),
        (a_process, "the process .*, which runs"),
    ],
)
def test_what_copies_cannot_share_is_named_with_the_way_out(
    make: Any, words: str, opened: ExitStack, tmp_path: Path
) -> None:
    (said,) = warned({"shop": Holder(make(opened, tmp_path))})

    assert said.startswith("Resource 'shop' holds ")
    assert "setup_for_execution" in said
    assert re.search(words, said)


def closed_socket(_: ExitStack, __: Path) -> object:
    listening = socket.socket()
    listening.close()
    return listening


def closed_database(_: ExitStack, folder: Path) -> object:
    connection = sqlite3.connect(folder / "shop.db")
    connection.close()
    return connection


def database_in_memory(opened: ExitStack, _: Path) -> object:
    return opened.enter_context(closing(sqlite3.connect(":memory:")))


def file_that_is_read(opened: ExitStack, _: Path) -> object:
    return opened.enter_context(Path(__file__).open(encoding="utf-8"))


def free_lock(_: ExitStack, __: Path) -> object:
    return threading.RLock()


def thread_that_ended(_: ExitStack, __: Path) -> object:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return thread


@pytest.mark.parametrize(
    "make",
    [
        closed_socket,
        closed_database,
        database_in_memory,
        file_that_is_read,
        free_lock,
        thread_that_ended,
    ],
)
def test_what_each_copy_has_of_its_own_is_not_named(
    make: Any, opened: ExitStack, tmp_path: Path
) -> None:
    assert [
        each for each in warned({"shop": Holder(make(opened, tmp_path))}) if "shop" in each
    ] == []


def test_what_a_job_brings_is_named_with_the_job(opened: ExitStack, tmp_path: Path) -> None:
    held = Holder(a_socket(opened, tmp_path))

    (said,) = warned({}, {"nightly": {"shop": held}})

    assert said.startswith("Resource 'shop' of job 'nightly' holds a socket")


def test_what_is_no_resource_is_named_as_the_import_left_it() -> None:
    # In a process of its own: one that runs tests for another has a thread, which is named first.
    code = """
import socket
from treadle_worker.loading import given_resources, left_open

before = left_open.before()
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(*given_resources.warnings(before, {}, {}))
"""

    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout

    assert said.startswith("Steps are spawned, each with an import of its own: ")
    assert "a socket at 127.0.0.1:" in said
