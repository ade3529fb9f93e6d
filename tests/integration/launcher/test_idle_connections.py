"""Connections that say nothing are bounded in number, and ended: a launcher serves on."""

from __future__ import annotations

import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from treadle_access.connections import most_connections

DESCRIPTORS = 200
MARGIN = 50
END_SECONDS = 60.0


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """Have what is started meanwhile make do with few descriptors."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def all_ended(connections: list[socket.socket]) -> bool:
    """Wait until the other side has ended every connection."""
    deadline = time.monotonic() + END_SECONDS
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ)
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(deadline - time.monotonic()):
                if is_ended(key.fileobj):  # type: ignore[arg-type]  # what was registered
                    selector.unregister(key.fileobj)
        return not selector.get_map()


def is_ended(connection: socket.socket) -> bool:
    try:
        return not connection.recv(65536)
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_idle_connections_take_no_descriptor_that_is_needed_and_are_ended(
    services: Any, few_descriptors: None
) -> None:
    token = services.folder / "token"
    token.write_text("0123456789abcdef0123456789abcdef")
    token.chmod(0o600)
    launcher = services.launcher("--bind", "127.0.0.1:0", "--token-file", str(token))
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    host, _, port = launcher.address.rpartition(":")
    own = descriptors(launcher.popen.pid)

    with ExitStack() as stack:
        connections = []
        for _ in range(DESCRIPTORS + MARGIN):
            connection = socket.create_connection((host, int(port)))
            connections.append(stack.enter_context(connection))
        taken = descriptors(launcher.popen.pid) - own
        assert all_ended(connections)

    assert taken <= DESCRIPTORS // 2 + MARGIN // 2
    caller = services.caller(launcher.address, token.read_text())
    assert caller.ListRuns().runs == []


def test_half_of_the_descriptors_are_for_callers() -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)

    assert most_connections() <= max(soft // 2, 1)
