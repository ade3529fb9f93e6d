"""What the end-to-end tests share: real services for a user's module, on a home of the test's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import treadle_client

ASSETS = Path(__file__).resolve().parent.parent / "assets"

type_of_start = Callable[..., treadle_client.Client]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[type_of_start]:
    """Start code server and launcher for a module of tests/assets, or a path; end them after."""
    with ExitStack() as stack:

        def start_local(target: str | Path, **options: object) -> treadle_client.Client:
            path = ASSETS / target if isinstance(target, str) else target
            options.setdefault("home", tmp_path / "home")
            return stack.enter_context(treadle_client.local(path, **options))

        yield start_local
