from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: a Unix socket's path holds 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="a-") as name:
        yield Path(name)
