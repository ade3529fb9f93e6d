"""A pytest plugin: services that start once for a whole session of tests.

Name it in a `conftest.py`: `pytest_plugins = ["treadle_client.pytest_plugin"]`. Nothing of the
client is imported before a test asks for the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from treadle_client import Client


class Locals(Protocol):
    """Starts services, each once."""

    def __call__(self, *targets: str | os.PathLike[str], **options: Any) -> Client:
        """Return a client of the services that serve this: `targets` and `options` are those of `local`."""


@pytest.fixture(scope="session")
def treadle_local() -> Iterator[Locals]:
    """Serve files of assets as `treadle_client.local` does, for all tests that ask for the same.

    They share a home: a test that must not see what another one made asks for assets of its own, or
    gives a `home`. The services end with the session.
    """
    from treadle_client import local  # noqa: PLC0415 -- who does not ask for it does not wait for it

    started: dict[str, Client] = {}
    with ExitStack() as stack:

        def start(*targets: str | os.PathLike[str], **options: Any) -> Client:
            files = [os.path.abspath(target) for target in targets]
            asked = repr((files, sorted(options.items())))
            if asked not in started:
                started[asked] = stack.enter_context(local(*files, **options))
            return started[asked]

        yield start
