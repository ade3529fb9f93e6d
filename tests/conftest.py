"""The whole suite's frame: its own runtime and temporary folders, and nothing left in them.

Every process that a test starts inherits a marker in its environment. When the suite ends,
a process that still carries it, a socket or a temporary file is an error.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.model.examples import examples
from tests.processes import reset_signals
from tests.schedule import COSTS, Costs, spread

MARKER = "TREADLE_TEST_SESSION"


def pytest_configure(config: pytest.Config) -> None:
    """Run the same at a terminal, in the background of a script and under nohup."""
    reset_signals()
    settings.register_profile("suite", examples(50))
    settings.load_profile("suite")
    if path := os.environ.get(COSTS):
        config.pluginmanager.register(Costs(Path(path)))
    # A process that runs tests reads some hundred modules of them, which pytest compiles itself.
    # What Python is told for the processes that tests start is theirs.
    sys.dont_write_bytecode = False
    # Nothing that is collected is garbage, and to look for some takes a fifth of the time.
    gc.disable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep all processors busy to the end, where several processes share the tests."""
    if hasattr(config, "workerinput"):
        items[:] = spread(items)


def pytest_collection_finish() -> None:
    """Write no bytecode of what tests import, where Python is told not to."""
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    gc.freeze()
    gc.enable()


def marked_processes(marker: str) -> list[str]:
    """List "pid: command line" of the processes, zombies included, that carry the marker."""
    found = []
    needle = f"{MARKER}={marker}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if needle in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.append(f"{folder.name}: {command}")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


@pytest.fixture(scope="session", autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the suite folders of its own; at its end no process, socket or file may be left."""
    marker = uuid.uuid4().hex
    before = dict(os.environ)
    # Short, because a Unix socket's path holds 107 bytes.
    base = Path(tempfile.mkdtemp(prefix="tt-"))
    runtime, scratch = base / "run", base / "tmp"
    for folder in (runtime, scratch):
        folder.mkdir(mode=0o700)
    os.environ[MARKER] = marker
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ["TMPDIR"] = str(scratch)
    tempfile.tempdir = None
    for name in ("TREADLE_HOME", "TREADLE_LAUNCHER"):
        os.environ.pop(name, None)
    yield
    processes = marked_processes(marker)
    sockets = [str(path) for path in runtime.rglob("*") if path.is_socket()]
    files = [path.name for path in scratch.iterdir() if not path.name.startswith("pytest-of-")]
    os.environ.clear()
    os.environ.update(before)
    tempfile.tempdir = None
    shutil.rmtree(base, ignore_errors=True)
    assert not processes, f"processes left: {processes}"
    assert not sockets, f"sockets left: {sockets}"
    assert not files, f"temporary files left: {files}"
