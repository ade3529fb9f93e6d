"""The home: the launcher's folder. Alone knows its layout, its format and its lock."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from treadle_access.addresses import Address, UnixAddress
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import ProcessId
from treadle_launcher.durability import sync_path
from treadle_launcher.home.lock import HomeLock
from treadle_launcher.home.place import PLACE_FILE, Place, why_foreign
from treadle_launcher.private_files import write_whole

FORMAT = 2
"""The layout that this version reads and writes; `home_upgrade` makes it of an older one."""


class HomeError(RuntimeError):
    """The home cannot be used."""


class HomeLockedError(HomeError):
    """Another launcher uses the home."""


class HomeFormatError(HomeError):
    """The home was written by another version of Treadle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFolder:
    """A home's folder, to be read. Made by `reading_home` alone, unless it is a `Home`."""

    root: Path
    home_id: str

    @property
    def database(self) -> Path:
        """The SQLite file of the event log."""
        return self.root / "treadle.db"

    @property
    def values(self) -> Path:
        """The root of the file store."""
        return self.root / "values"

    @property
    def logs(self) -> Path:
        """Captured output, one folder a run, step and attempt."""
        return self.root / "logs"

    @property
    def hosts(self) -> Path:
        """The folders of hosts, each named by its host's id."""
        return self.root / "hosts"

    @property
    def location_names(self) -> Path:
        """What code servers that were given without a name called themselves."""
        return self.root / "locations.json"

    def is_there(self) -> bool:
        """Tell whether there is a home: a folder that is empty yet is none."""
        return (self.root / "FORMAT").exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Home(HomeFolder):
    """A home that is open and locked by this process. Made by `open_home` alone."""

    why_foreign: str | None
    """Why what it holds is not this launcher's to go on with; None: it is."""
    _lock: HomeLock

    def be_here(self) -> None:
        """Write into the home where it is, and whose.

        Raises:
            HomeError: it cannot be written.
        """
        try:
            Place.of(self.root).note_in(self.root)
        except OSError as error:
            raise HomeError(f"the home {self.root} cannot be used: {error}") from error

    def name_holder(self, process: ProcessId, address: Address) -> None:
        """Write into the lock who holds it, for the message that a second launcher gives."""
        self._lock.name_holder(f"{process.pid} {address}")

    def publish(
        self,
        process: ProcessId,
        address: Address,
        host_socket: UnixAddress,
        *,
        is_ephemeral: bool = False,
    ) -> None:
        """Write launcher.json, by which clients, people and waiting hosts find this launcher.

        It names the folder that it is for: in a copy of the home it names nobody. Hosts that
        wait for their launcher are told nothing of an ephemeral one, which is none for them.
        """
        folder = self.root.stat()
        content = {
            "address": str(address),
            "pid": process.pid,
            "boot_id": process.boot_id,
            "start_ticks": process.start_ticks,
            "host_socket": "" if is_ephemeral else str(host_socket.path),
            "own_host_socket": str(host_socket.path),
            "folder": {"device": folder.st_dev, "inode": folder.st_ino},
        }
        write_whole(self.root / "launcher.json", json.dumps(content) + "\n")

    def sync(self) -> None:
        """Sync to the disk what makes this folder a home: its files, and all the names to it.

        Raises:
            HomeError: the disk failed.
        """
        try:
            for name in ("FORMAT", "id", PLACE_FILE):
                sync_path(self.root / name)
            sync_path(self.root)
            device = self.root.stat().st_dev
            for folder in self.root.parents:
                # Where another file system begins, and beside what others own, none is new.
                if folder.stat().st_dev != device:
                    return
                with suppress(PermissionError):
                    sync_path(folder)
        except OSError as error:
            raise HomeError(f"the home {self.root} cannot be synced: {error}") from error

    def withdraw(self) -> None:
        """Remove launcher.json."""
        (self.root / "launcher.json").unlink(missing_ok=True)


@contextmanager
def open_home(root: Path, *, of_anybody: bool = False) -> Iterator[Home]:
    """Open a home for the launcher alone, made first if it is not there.

    One that another user owns is opened only `of_anybody`.

    Raises:
        HomeError: it cannot be made, is no home though something lies there, is locked
            (HomeLockedError), or has another format (HomeFormatError).
    """
    root = root.absolute()
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_folder(root)
        if not of_anybody:
            _check_owner(root)
        root.chmod(0o700)
        lock = HomeLock.opened(root)
    except OSError as error:
        raise HomeError(f"the home {root} cannot be used: {error}") from error
    with lock:
        _take(lock, root)
        is_new = not (root / "FORMAT").exists()
        if is_new:
            write_format(root)
        _check_format(root)
        try:
            foreign = None if is_new else why_foreign(root)
            for name in ("values", "logs", "hosts"):
                _make_folder(root / name, foreign)
            if foreign is None:
                # What a killed launcher left here would lead its callers to nobody.
                (root / "launcher.json").unlink(missing_ok=True)
        except OSError as error:
            raise HomeError(f"the home {root} cannot be used: {error}") from error
        home = Home(root=root, home_id=_home_id(root), why_foreign=foreign, _lock=lock)
        if is_new:
            home.be_here()
        yield home


def _make_folder(folder: Path, foreign: str | None) -> None:
    """Make a folder of a home, for its user alone. `foreign`: why the home is a copy, if it is.

    Raises:
        HomeError: it is a link of a copied home's, to what is the original's.
        OSError: it cannot be made.
    """
    if foreign and folder.is_symlink():
        raise HomeError(
            f"{folder} is a link to {folder.resolve()}, and the home is not where it was written"
            f" ({foreign}): both homes would store and remove there. Put a copy in its place."
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)


def reading_home(root: Path) -> HomeFolder:
    """Return a home to be read, beside the launcher that uses it. Nothing of it is made or changed.

    Raises:
        HomeError: it is no home though something lies there, or has another format.
    """
    root = root.absolute()
    try:
        if (root / "FORMAT").exists():
            _check_format(root)
        elif root.exists():
            check_folder(root)
        id_file = root / "id"
        return HomeFolder(
            root=root, home_id=id_file.read_text().strip() if id_file.exists() else ""
        )
    except OSError as error:
        raise HomeError(f"the home {root} cannot be read: {error}") from error


@contextmanager
def lock_home(root: Path) -> Iterator[None]:
    """Keep launchers out of a home, whatever its format is.

    Raises:
        HomeError: it is none, or is locked (HomeLockedError).
    """
    if not (root / "FORMAT").is_file():
        raise HomeError(f"{root} is not a home: there is no file FORMAT in it")
    try:
        lock = HomeLock.opened(root)
    except OSError as error:
        raise HomeError(f"the home {root} cannot be used: {error}") from error
    with lock:
        _take(lock, root)
        yield


def read_format(root: Path) -> int:
    """Return the format of a home.

    Raises:
        HomeError: it cannot be read, or is no number (HomeFormatError).
    """
    path = root / "FORMAT"
    try:
        text = path.read_text(errors="replace").strip()
    except OSError as error:
        raise HomeError(f"the home {root} cannot be used: {error}") from error
    if not text.isdecimal():
        raise HomeFormatError(f"{path} holds {text!r}, not a number: is {root} a home?")
    return int(text)


def write_format(root: Path) -> None:
    """Say that the home has this version's format."""
    write_whole(root / "FORMAT", f"{FORMAT}\n")


_OF_A_NEW_HOME: Final = frozenset({"lock", "values", "logs", "hosts", ".FORMAT.new", "lost+found"})
"""What may lie in a folder that is to be a home: what a killed launcher had made of it so far."""


def check_folder(root: Path) -> None:
    """Check that a folder is a home, or empty, before anything of it is changed.

    Raises:
        HomeError: it is neither.
        OSError: it cannot be read.
    """
    if (root / "FORMAT").exists():
        return
    found = set(os.listdir(root))
    folders = (root / name for name in ("values", "logs", "hosts"))
    if found <= _OF_A_NEW_HOME and not any(os.listdir(each) for each in folders if each.is_dir()):
        return
    if found & {"treadle.db", "id"}:
        raise HomeError(
            f"the folder {root} was a home, but its file FORMAT is missing: restore the home as a"
            " whole, or name another --home"
        )
    raise HomeError(
        f"the folder {root} is no home and not empty, and is left as it is: name a folder of the"
        f" home's own, such as {root / '.treadle'}"
    )


def _check_owner(root: Path) -> None:
    owner, user = root.stat().st_uid, os.geteuid()
    if owner != user:
        raise HomeError(
            f"the home {root} belongs to the user with uid {owner}, and this process runs as uid"
            f" {user}: nothing is run from it. Be that user, name another --home, or say `treadle"
            f" launcher --home {root} --take-over resume` if you mean it; commands that only read"
            " may read it"
        )


def _take(lock: HomeLock, root: Path) -> None:
    if lock.take():
        # Until it has an address, and in the place of the lock's last holder. It is for a
        # message alone: a disk that is full keeps nobody from going on.
        with suppress(OSError):
            lock.name_holder(str(os.getpid()))
        return
    pid, _, address = lock.holder().partition(" ")
    if address:
        raise HomeLockedError(
            f"the home {root} is in use by the launcher with pid {pid} at {address}: use that one,"
            " or another --home"
        )
    # One that has only just taken it has not said who it is.
    who = f"the process with pid {pid}" if pid else "another process"
    raise HomeLockedError(
        f"the home {root} is in use by {who}, of another command that has just begun: wait for its"
        " end, or name another --home"
    )


def _check_format(root: Path) -> None:
    found = read_format(root)
    if found > FORMAT:
        raise HomeFormatError(
            f"the home {root} has format {found}, newer than this Treadle's {FORMAT}:"
            " use a newer Treadle, or another --home"
        )
    if found < FORMAT:
        raise HomeFormatError(
            f"the home {root} has format {found}, older than this Treadle's {FORMAT}:"
            " run `treadle db upgrade` on it"
        )


def _home_id(root: Path) -> str:
    path = root / "id"
    if not path.exists():
        write_whole(path, os.urandom(16).hex() + "\n")
    return path.read_text().strip()
