from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from treadle.locations.snapshot import Snapshot
from treadle_codeserver.launch_spec import launch_spec_of, own_environment
from treadle_codeserver.location import Served
from treadle_codeserver.targets import LoadCommand
from treadle_contract.codeserver import ImportScope, LaunchSpec, LaunchTarget

COMMAND = LoadCommand(
    interpreter=Path("/python"),
    working_directory=Path("/w"),
    targets=(LaunchTarget(module="a.b"), LaunchTarget(file="/c.py")),
    import_timeout=1.5,
    import_scope=ImportScope.PER_RUN,
)
SERVED = Served(
    snapshot=Snapshot(digest="d", core_digest="c", generator_states=("e",)),
    asset_count=0,
    loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
    generation="g",
)


def test_a_launch_spec_says_how_a_host_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "1")

    spec = launch_spec_of(COMMAND, SERVED)

    assert spec.environment["A"] == "1"
    assert replace(spec, environment={}) == LaunchSpec(
        interpreter="/python",
        working_directory="/w",
        targets=(LaunchTarget(module="a.b"), LaunchTarget(file="/c.py")),
        environment={},
        digest="d",
        core_digest="c",
        generation="g",
        generator_states=("e",),
        import_timeout_ms=1500,
        import_scope=ImportScope.PER_RUN,
    )


def test_variables_that_are_no_text_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environb, b"BROKEN", b"\xff")
    monkeypatch.setenv("WHOLE", "ä")

    environment = own_environment()

    assert environment["WHOLE"] == "ä"
    assert "BROKEN" not in environment
