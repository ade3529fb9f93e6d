"""The host's spec, as the launcher writes it."""

from __future__ import annotations

import json
import os

import pytest

from treadle.io.durability import Durability
from treadle_contract.event import StartMethod
from treadle_worker.host.host_spec import HostSpec, read_spec

CONTENT = {
    "hostId": "h",
    "tag": 1 << 62,
    "location": "here",
    "launcherSocket": "/s",
    "workingDirectory": "/w",
    "targets": [{"file": "/a.py"}, {"module": "b"}],
    "digest": "d",
    "files": {"a": "5e"},
    "coreDigest": "c",
    "generatorStates": ["e"],
    "definitions": {"asset a": "5f"},
    "importTimeoutMs": 60000,
    "valuesRoot": "/v",
    "logsRoot": "/l",
    "journal": "/j",
    "servedSocket": "/served",
    "aliveFd": 0,
    "orphanGraceMs": 1,
    "idleGraceMs": 2,
    "termGraceMs": 3,
    "startMethod": "spawn",
    "durability": "power",
}


def spec_of(content: object) -> HostSpec:
    fd = os.memfd_create("spec")
    os.write(fd, json.dumps(content).encode())
    os.lseek(fd, 0, os.SEEK_SET)
    return read_spec(fd)


def test_every_field_is_read() -> None:
    assert spec_of(CONTENT) == HostSpec(
        host_id="h",
        location="here",
        launcher_socket="/s",
        working_directory="/w",
        targets=({"file": "/a.py"}, {"module": "b"}),
        digest="d",
        files={"a": "5e"},
        core_digest="c",
        generator_states=("e",),
        definitions={"asset a": "5f"},
        import_timeout_ms=60000,
        values_root="/v",
        logs_root="/l",
        journal="/j",
        served_socket="/served",
        alive_fd=0,
        orphan_grace_ms=1,
        idle_grace_ms=2,
        term_grace_ms=3,
        start_method=StartMethod.SPAWN,
        durability=Durability.POWER,
        tag=1 << 62,
    )


def test_a_standing_launcher_gives_no_pipe() -> None:
    spec = spec_of({**CONTENT, "aliveFd": None, "startMethod": "auto"})

    assert spec.alive_fd is None
    assert spec.start_method is None


def test_a_field_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="import_timeout_ms"):
        spec_of({**CONTENT, "importTimeoutMs": []})
