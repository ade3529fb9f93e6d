"""When a host gets a cgroup of its own. The kernel's part is played by plain files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from treadle_worker.host import host_cgroup
from treadle_worker.host.host_cgroup import HostCgroup, is_ours, make, own_cgroup


@pytest.fixture
def cgroup(tmp_path: Path) -> Path:
    """A folder that looks like a cgroup which was given to this user."""
    path = tmp_path / "fs" / "user.slice" / "x.scope"
    path.mkdir(parents=True)
    for name in ("cgroup.kill", "cgroup.procs", "cgroup.subtree_control"):
        (path / name).write_text("")
    try:
        os.setxattr(path, "user.delegate", b"1")
    except OSError:
        if os.geteuid() == 0:
            pytest.skip("this file system keeps no attributes")
    return path


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    """What the kernel says of a process in that cgroup."""
    memberships, mounts = tmp_path / "memberships", tmp_path / "mounts"
    memberships.write_text("4:memory:/other\n0::/user.slice/x.scope\n")
    mounts.write_text(
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        f"41 31 0:38 / {tmp_path}/fs rw,relatime shared:4 - cgroup2 cgroup2 rw\n"
    )
    return memberships, mounts


def test_the_own_cgroup_is_found(cgroup: Path, tables: tuple[Path, Path]) -> None:
    assert own_cgroup(*tables) == cgroup


def test_what_a_container_sees_of_it_is_found(cgroup: Path, tables: tuple[Path, Path]) -> None:
    memberships, mounts = tables
    mounts.write_text(f"41 31 0:38 /user.slice {cgroup.parent} rw - cgroup2 cgroup2 rw\n")

    assert own_cgroup(memberships, mounts) == cgroup


def test_no_version_2_is_none(tmp_path: Path, tables: tuple[Path, Path]) -> None:
    memberships, mounts = tables
    mounts.write_text("35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")

    assert own_cgroup(memberships, mounts) is None
    assert own_cgroup(tmp_path / "none", mounts) is None


def test_one_that_was_given_away_is_ours(cgroup: Path) -> None:
    assert is_ours(cgroup)


def test_the_root_and_one_that_distributes_controllers_are_not(cgroup: Path) -> None:
    (cgroup / "cgroup.subtree_control").write_text("memory\n")
    distributes = is_ours(cgroup)
    (cgroup / "cgroup.subtree_control").write_text("")
    (cgroup / "cgroup.kill").unlink()

    assert not distributes
    assert not is_ours(cgroup)


@pytest.mark.skipif(os.geteuid() != 0, reason="a user owns what is his")
def test_to_be_able_to_write_is_not_enough(cgroup: Path) -> None:
    os.removexattr(cgroup, "user.delegate")

    assert not is_ours(cgroup)


def test_one_is_made_noted_and_entered(
    cgroup: Path, tables: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_cgroup, "_MEMBERSHIPS", tables[0])
    monkeypatch.setattr(host_cgroup, "_MOUNTS", tables[1])

    made = make("h1", tmp_path / "hosts" / "h1")

    assert made is not None
    made.enter()
    assert (cgroup / "treadle-h1" / "cgroup.procs").read_text() == "0"
    assert (tmp_path / "hosts" / "h1" / "cgroup").read_text() == f"{cgroup}/treadle-h1\n"


def test_where_there_can_be_none_hosts_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_cgroup, "_MEMBERSHIPS", tmp_path / "none")

    assert make("h1", tmp_path) is None
    HostCgroup(tmp_path / "gone").enter()
    HostCgroup(tmp_path / "gone").end()
