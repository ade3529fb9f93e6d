from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from treadle_access.addresses import BadAddressError, UnixAddress
from treadle_access.folders import SocketFolderError
from treadle_access.sockets import ForeignSocketError, HeldSocket, claimed, dial

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield listener


def test_our_own_listener_is_dialled(folder):
    with listening(folder / "s") as listener, dial(UnixAddress(path=folder / "s")) as near:
        far, _ = listener.accept()
        with far:
            far.sendall(b"x")
            near.setblocking(True)
            assert near.recv(1) == b"x"


def test_a_link_to_a_socket_is_not_followed(folder):
    (folder / "link").symlink_to(folder / "s")
    with listening(folder / "s"), pytest.raises(ForeignSocketError, match=f"unix:{folder}/s"):
        dial(UnixAddress(path=folder / "link"))


def test_a_folder_that_others_may_write_to_is_not_dialled_in(folder):
    folder.chmod(0o777)
    with listening(folder / "s"), pytest.raises(SocketFolderError, match="chmod go-w"):
        dial(UnixAddress(path=folder / "s"))


@NEEDS_ROOT
def test_another_user_s_socket_is_refused(folder):
    with listening(folder / "s"):
        os.chown(folder / "s", 12345, -1)
        with pytest.raises(ForeignSocketError, match="user 12345"):
            dial(UnixAddress(path=folder / "s"))


@NEEDS_ROOT
def test_another_user_s_process_is_refused_though_the_socket_s_file_is_ours(folder):
    ready, told = os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "s"))
        child = os.fork()
        if not child:
            os.setuid(12345)
            listener.listen()
            os.write(told, b"x")
            signal.pause()
        os.read(ready, 1)
        try:
            with pytest.raises(ForeignSocketError, match=r"listens at .* user 12345"):
                dial(UnixAddress(path=folder / "s"))
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(ready)
            os.close(told)


def test_nobody_is_an_operating_system_error(folder):
    for path in (folder / "s", folder / "none" / "s"):
        with pytest.raises(FileNotFoundError):
            dial(UnixAddress(path=path))


def test_a_held_socket_is_found_when_it_is_made_anew_and_no_other_is(folder):
    place, aside = folder / "place", folder / "aside"
    place.mkdir(mode=0o700)
    held = HeldSocket(UnixAddress(path=place / "s"))
    place.rename(aside)
    place.mkdir(mode=0o700)
    with listening(place / "s"), socket.socket(socket.AF_UNIX) as near:
        with pytest.raises(FileNotFoundError):
            near.connect(str(held.address.path))
        with listening(aside / "s"):
            near.connect(str(held.address.path))
    held.close()
    held.close()


def test_a_socket_that_a_killed_process_left_is_removed(folder):
    with listening(folder / "s"):
        pass
    with claimed(UnixAddress(path=folder / "s")):
        assert not (folder / "s").exists()


def test_what_is_in_use_no_socket_or_a_link_is_left_alone(folder):
    (folder / "file").write_text("data")
    (folder / "link").symlink_to(folder / "s")
    with listening(folder / "s"):
        for name, why in (("s", "in use"), ("file", "not a socket"), ("link", "not a socket")):
            address = UnixAddress(path=folder / name)
            with pytest.raises(BadAddressError, match=why), claimed(address):
                pass
        assert (folder / "s").is_socket()
    assert (folder / "file").read_text() == "data"


def test_nothing_is_bound_where_others_may_write_or_nothing_is(folder):
    nowhere = UnixAddress(path=folder / "none" / "s")
    with pytest.raises(BadAddressError, match="cannot hold a socket"), claimed(nowhere):
        pass
    folder.chmod(0o1777)
    with pytest.raises(SocketFolderError), claimed(UnixAddress(path=folder / "s")):
        pass
