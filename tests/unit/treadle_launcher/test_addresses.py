from __future__ import annotations

import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from treadle_launcher.addresses import (
    LONGEST_SOCKET_PATH,
    BadAddressError,
    SocketFolderError,
    TcpAddress,
    UnixAddress,
    clear_stale_socket,
    default_socket,
    parse,
    socket_folder,
)


@pytest.mark.parametrize("text", ["unix:/a/b.sock", "localhost:80", "127.0.0.1:0", "[::1]:5"])
def test_an_address_reads_back_as_it_is_written(text):
    assert str(parse(text)) == text


def test_a_relative_socket_lies_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse("unix:a.sock") == UnixAddress(path=tmp_path / "a.sock")


@pytest.mark.parametrize("text", ["", "unix:", ":80", "host", "host:x", "host:65536"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadAddressError):
        parse(text)


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("localhost", True), ("127.1.2.3", True), ("::1", True), ("10.0.0.1", False), ("x.y", False)],
)
def test_only_this_machine_reaches_a_loopback_address(host, is_loopback):
    assert TcpAddress(host=host, port=1).is_loopback is is_loopback


def test_the_same_home_has_the_same_sockets_and_they_fit():
    home = "/a" * 500
    assert default_socket(home, "hosts") == default_socket(home, "hosts")
    assert default_socket(home, "hosts") != default_socket(home, "launcher")
    assert default_socket(home, "hosts") != default_socket(home + "b", "hosts")
    assert len(os.fsencode(default_socket(home, "launcher").path)) <= LONGEST_SOCKET_PATH


def test_the_folder_for_sockets_is_this_user_s_alone(monkeypatch):
    # pytest's own folders are too deep for a socket.
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        folder = Path(runtime) / "treadle"
        folder.mkdir(mode=0o755)
        assert socket_folder() == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("runtime", ["/nowhere/at/all", "relative", "/" + "x" * 100])
def test_a_runtime_folder_that_will_not_do_is_passed_over(monkeypatch, runtime):
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    try:
        assert socket_folder() == Path(f"/tmp/treadle-{os.getuid()}")
    except SocketFolderError as error:
        pytest.skip(str(error))


def test_a_socket_that_a_killed_process_left_is_removed(tmp_path):
    path = tmp_path / "s"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    clear_stale_socket(UnixAddress(path=path))
    assert not path.exists()


def test_what_is_in_use_or_no_socket_is_left_alone(tmp_path):
    with socket.socket(socket.AF_UNIX) as used:
        used.bind(str(tmp_path / "s"))
        used.listen()
        with pytest.raises(BadAddressError, match="in use"):
            clear_stale_socket(UnixAddress(path=tmp_path / "s"))
    (tmp_path / "file").touch()
    with pytest.raises(BadAddressError, match="not a socket"):
        clear_stale_socket(UnixAddress(path=tmp_path / "file"))
    clear_stale_socket(UnixAddress(path=tmp_path / "nothing"))
