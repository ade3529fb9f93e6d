from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from treadle_access.addresses import LONGEST_SOCKET_PATH
from treadle_access.folders import (
    SocketFolderError,
    default_socket,
    first_private,
    held_folder,
    socket_folder,
)

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
NOT_LISTED = 54_321
"""A user id that /etc/passwd does not hold."""


def test_the_same_home_has_the_same_sockets_and_they_fit():
    home = "/a" * 500
    assert default_socket(home, "hosts") == default_socket(home, "hosts")
    assert default_socket(home, "hosts") != default_socket(home, "launcher")
    assert default_socket(home, "hosts") != default_socket(home + "b", "hosts")
    assert len(os.fsencode(default_socket(home, "launcher").path)) <= LONGEST_SOCKET_PATH


def test_the_folder_for_sockets_is_this_user_s_alone(folder, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    (folder / "treadle").mkdir(mode=0o755)

    assert socket_folder() == folder / "treadle"
    assert stat.S_IMODE((folder / "treadle").stat().st_mode) == 0o700


@NEEDS_ROOT
def test_a_user_in_no_list_of_users_and_without_home_has_a_folder_all_the_same():
    asked = f"""
import os
from treadle_access.folders import socket_folder
os.setuid({NOT_LISTED})
print(socket_folder())
"""
    # The suite's own temporary folder is root's alone.
    with tempfile.TemporaryDirectory(prefix="a-", dir="/tmp") as folder:
        os.chown(folder, NOT_LISTED, NOT_LISTED)
        done = subprocess.run(
            [sys.executable, "-c", asked],
            env={"XDG_RUNTIME_DIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.stdout, done.stderr) == (f"{folder}/treadle\n", "")


def test_a_folder_that_somebody_else_took_is_passed_over(folder):
    taken, long, ours = folder / "taken", folder / ("x" * 90), folder / "ours"
    taken.symlink_to(folder)

    assert first_private((taken, long, ours)) == ours
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700


def test_a_folder_that_was_named_is_used_when_all_others_are_taken(folder):
    taken, named = folder / "taken", folder / "named"
    taken.touch()
    named.mkdir(mode=0o755)

    assert first_private((taken,), (named,)) == named
    assert stat.S_IMODE(named.stat().st_mode) == 0o755


def test_where_none_will_do_each_is_named_with_what_to_do(folder):
    taken, shared = folder / "taken", folder / "shared"
    taken.touch()
    shared.mkdir()
    shared.chmod(0o777)

    with pytest.raises(SocketFolderError) as caught:
        first_private((taken,), (shared,))

    for word in (str(taken), str(shared), "XDG_RUNTIME_DIR", "--bind"):
        assert word in str(caught.value)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o703])
def test_a_folder_that_others_may_write_to_is_refused(folder, mode):
    folder.chmod(mode)

    with pytest.raises(SocketFolderError, match=f"{folder}.*mkdir -m 700"), held_folder(folder):
        pass


@NEEDS_ROOT
def test_a_folder_whose_group_is_another_user_s_is_refused(folder):
    os.chown(folder, -1, 12345)
    folder.chmod(0o770)

    with pytest.raises(SocketFolderError, match="others may write"), held_folder(folder):
        pass


@NEEDS_ROOT
def test_another_user_s_folder_is_refused_and_named(folder):
    os.chown(folder, 12345, -1)

    told = f"{folder} belongs to user 12345"
    with pytest.raises(SocketFolderError, match=told), held_folder(folder):
        pass


def test_one_that_its_owner_alone_writes_to_will_do(folder):
    folder.chmod(0o755)

    with held_folder(folder) as fd:
        assert os.path.samestat(os.fstat(fd), folder.stat())


def test_what_is_reached_through_a_held_folder_stays_in_it(folder):
    (folder / "one").mkdir()
    (folder / "one" / "name").write_text("ours")
    with held_folder(folder / "one") as fd:
        (folder / "one").rename(folder / "gone")
        (folder / "one").mkdir()
        (folder / "one" / "name").write_text("theirs")

        assert Path(f"/proc/self/fd/{fd}/name").read_text() == "ours"
