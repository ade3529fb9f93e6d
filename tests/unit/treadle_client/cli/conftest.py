"""The command, called in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from treadle_client.cli import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a call of the command gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> object:
        """Read standard output as one document."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[dict[str, object]]:
        """Read standard output as a document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def treadle(
    capfd: pytest.CaptureFixture[str], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """Call the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Done:
        capfd.readouterr()
        status = run(arguments)
        captured = capfd.readouterr()
        return Done(status=int(status), out=captured.out, err=captured.err)

    return call
