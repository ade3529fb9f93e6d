from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import running
from treadle_access.addresses import UnixAddress
from treadle_client.services._home import default_home, find_launcher
from treadle_contract.worker import ProcessId
from treadle_launcher.home.home import open_home
from treadle_launcher.hosts.processes import own_id


def boot_id():
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def start_ticks(pid):
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat[stat.rindex(")") + 2 :].split()[19])


def write(home, **changes):
    content = {
        "address": "unix:/x",
        "pid": os.getpid(),
        "boot_id": boot_id(),
        "start_ticks": start_ticks(os.getpid()),
    }
    (home / "launcher.json").write_text(json.dumps(content | changes))


def test_the_home_is_in_the_working_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert default_home() == tmp_path / ".treadle"


def test_the_environment_names_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("TREADLE_HOME", str(tmp_path / "h"))

    assert default_home() == tmp_path / "h"


def test_a_launcher_that_runs_is_found(tmp_path):
    write(tmp_path)

    running = find_launcher(tmp_path)

    assert running is not None
    assert (running.address, running.pid) == ("unix:/x", os.getpid())


@pytest.mark.parametrize(
    "changes", [{"start_ticks": 1}, {"boot_id": "another"}, {"pid": 2**22 + 1}]
)
def test_a_file_that_a_dead_launcher_left_is_no_launcher(tmp_path, changes):
    write(tmp_path, **changes)

    assert find_launcher(tmp_path) is None


def test_a_launcher_that_ended_but_was_not_reaped_is_none(tmp_path):
    with running([sys.executable, "-c", ""], stdin=subprocess.DEVNULL) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        write(tmp_path, pid=process.pid, start_ticks=start_ticks(process.pid))

        assert find_launcher(tmp_path) is None


@pytest.fixture
def published(tmp_path):
    """Return a home on which a launcher runs that has no number in our namespace."""
    with open_home(tmp_path / "home") as home:
        address = UnixAddress(path=Path("/x"))
        nobody = ProcessId(boot_id=boot_id(), pid=2**22 + 1, start_ticks=1)
        home.publish(nobody, address, address)
        yield home.root


def test_a_launcher_of_another_namespace_is_found(published):
    running = find_launcher(published)

    assert running is not None
    assert running.address == "unix:/x"


def test_a_copy_of_a_home_has_no_launcher(published, tmp_path):
    shutil.copytree(published, tmp_path / "copy")

    assert find_launcher(tmp_path / "copy") is None


def test_a_moved_home_keeps_its_launcher(published, tmp_path):
    moved = published.rename(tmp_path / "moved")

    assert find_launcher(moved) is not None


def test_asking_for_a_launcher_keeps_none_from_starting(tmp_path):
    with open_home(tmp_path) as home:
        address = UnixAddress(path=Path("/x"))
        home.publish(own_id(), address, address)
    assert find_launcher(tmp_path) is None
    with open_home(tmp_path):
        # What the last one left is gone: it would lead to nobody.
        assert find_launcher(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", "nonsense"])
def test_a_file_that_says_nothing_is_no_launcher(tmp_path, content):
    (tmp_path / "launcher.json").write_text(content)

    assert find_launcher(tmp_path) is None


def test_a_home_without_the_file_has_no_launcher(tmp_path):
    assert find_launcher(tmp_path) is None
