from __future__ import annotations

import os
from pathlib import Path

import pytest

from treadle_codeserver.launch_spec import LaunchSpec, own_environment
from treadle_codeserver.targets import LoadCommand

COMMAND = LoadCommand(
    interpreter=Path("/python"), working_directory=Path("/w"), targets=(), import_timeout=1.5
)


def test_the_environment_is_not_in_the_text() -> None:
    spec = LaunchSpec(
        command=COMMAND,
        digest="d",
        core_digest="c",
        generation="g",
        generator_states=(),
        environment={"PASSWORD": "secret"},
    )

    assert "secret" not in repr(spec)


def test_variables_that_are_no_text_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environb, b"BROKEN", b"\xff")
    monkeypatch.setenv("WHOLE", "ä")

    environment = own_environment()

    assert environment["WHOLE"] == "ä"
    assert "BROKEN" not in environment
