"""The folders of sockets: in one only its user may make, remove or replace names."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from treadle_access.addresses import LONGEST_SOCKET_PATH, BadAddressError, UnixAddress
from treadle_access.ownership import is_ours, mode_text, others_may

_ROOM_FOR_NAME = 40


class SocketFolderError(BadAddressError):
    """The folder is not one for sockets of this user's."""


@contextmanager
def held_folder(folder: Path) -> Iterator[int]:
    """Give a descriptor of a folder in which nobody else may put a socket: see `open_folder`."""
    fd = open_folder(folder)
    try:
        yield fd
    finally:
        os.close(fd)


def open_folder(folder: Path) -> int:
    """Return a descriptor of a folder that this user alone may write to; the caller closes it.

    What is reached through it stays in that folder, whatever becomes of the names that led to
    it. So another user who may rename a folder above leads to another folder of this user's at most.

    Raises:
        SocketFolderError: others may write to it.
        OSError: there is no such folder.
    """
    fd = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _check(os.fstat(fd), Path(f"/proc/self/fd/{fd}"), folder)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _check(status: os.stat_result, held: Path, folder: Path) -> None:
    if not is_ours(status):
        raise SocketFolderError(
            f"the folder {folder} belongs to user {status.st_uid}, who could put another socket"
            f" in a socket's place: {_ADVICE}"
        )
    if others_may(status, held, stat.S_IWOTH):
        own = f"`chmod go-w {folder}`, or " if status.st_uid == os.geteuid() else ""
        sticky = status.st_mode & stat.S_ISVTX
        raise SocketFolderError(
            f"others may write to the folder {folder} (mode {mode_text(status)}), and put a socket"
            f" of theirs in a socket's place: {'' if sticky else own}{_ADVICE}"
        )


_ADVICE = (
    "use a socket in a folder of this user's alone (`mkdir -m 700 FOLDER`, then unix:FOLDER/NAME)"
)


def default_socket(identity: str, kind: str, *spare: Path) -> UnixAddress:
    """Return the address of a service that was given none: the same for the same identity.

    Raises:
        SocketFolderError: no folder will do.
    """
    name = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return UnixAddress(path=socket_folder(*spare) / f"{name}-{kind}.sock")


def socket_folder(*spare: Path) -> Path:
    """Return a folder for sockets: one of ours, made if need be, else one of the spare ones.

    Raises:
        SocketFolderError: none will do; the message says why.
    """
    return first_private(tuple(_ours()), spare)


def _ours() -> Iterator[Path]:
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / "treadle"
    yield Path(f"/tmp/treadle-{os.geteuid()}")
    # A user who is in no list of users has a home in HOME, or none.
    with suppress(RuntimeError):
        yield Path.home() / ".treadle-sockets"


def first_private(ours: tuple[Path, ...], spare: tuple[Path, ...] = ()) -> Path:
    """Return the first of our folders that can be made or is private, else a spare one that is.

    Raises:
        SocketFolderError: none will do; the message says why.
    """
    problems = []
    for folder in (*ours, *spare):
        if not folder.is_absolute():
            continue
        if len(os.fsencode(folder)) + _ROOM_FOR_NAME > LONGEST_SOCKET_PATH:
            problems.append(f"{folder} is too long for a socket's path")
            continue
        try:
            if folder in spare:
                with held_folder(folder):
                    return folder
            return owned_folder(folder)
        except (OSError, SocketFolderError) as error:
            # A stale variable, for example after su: the next one is as good.
            problems.append(str(error))
    raise SocketFolderError(
        f"there is no folder for sockets: {'; '.join(problems)}. Set XDG_RUNTIME_DIR to a folder of"
        " this user's alone, or give --bind unix:FOLDER/NAME in one"
    )


def owned_folder(folder: Path) -> Path:
    """Return the folder, made if need be: mode 0700, owned by this user.

    Raises:
        SocketFolderError: it is another user's.
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise SocketFolderError(f"{folder} is not a folder of this user's")
    if stat.S_IMODE(status.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)
    return folder
