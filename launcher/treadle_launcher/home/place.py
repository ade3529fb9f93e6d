"""Where a home was written, and by whom: what tells a copy of it from itself."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final, Self

from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.hosts.processes import boot_id
from treadle_launcher.private_files import write_whole

PLACE_FILE: Final = "place.json"
_MACHINE_ID: Final = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder of a user's on a machine. `machine` "": that has no name."""

    uid: int
    device: int
    inode: int
    path: str
    machine: str

    @classmethod
    def of(cls, root: Path) -> Self:
        """Return the place of a folder, as this process may use it.

        Raises:
            OSError: it is not there.
        """
        folder = root.stat()
        return cls(
            uid=os.geteuid(),
            device=folder.st_dev,
            inode=folder.st_ino,
            path=str(root.resolve()),
            machine=_machine(),
        )

    @classmethod
    def noted_in(cls, root: Path) -> Self | None:
        """Return the place that a home says it is at; None: nobody noted one that can be read."""
        try:
            noted = json.loads((root / PLACE_FILE).read_text(encoding="utf-8"))
            return cls(
                uid=int(noted["uid"]),
                device=int(noted["device"]),
                inode=int(noted["inode"]),
                path=str(noted["path"]),
                machine=str(noted["machine"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note_in(self, root: Path) -> None:
        """Write into a home where it is.

        Raises:
            OSError: it cannot be written.
        """
        write_whole(root / PLACE_FILE, json.dumps(asdict(self)) + "\n")

    def is_same(self, other: Self) -> bool:
        """Tell whether both are one place: a folder keeps its inode when it is moved.

        A device may have another number when it is mounted again, at the same path.
        """
        is_folder = self.inode == other.inode and (
            self.device == other.device or self.path == other.path
        )
        is_machine = not self.machine or not other.machine or self.machine == other.machine
        return self.uid == other.uid and is_folder and is_machine


def why_foreign(root: Path) -> str | None:
    """Say why what a home holds is not this process's to go on with; None: it is.

    A home that an older Treadle wrote says nothing of its place: that it was used here shows by
    a process of this boot that it names.

    Raises:
        OSError: it cannot be read.
    """
    owner, user = root.stat().st_uid, os.geteuid()
    if owner != user:
        return f"it belongs to the user with uid {owner}, and this process runs as uid {user}"
    noted = Place.noted_in(root)
    if noted is None:
        return None if _was_used_here(root) else "nothing in it shows that it was written here"
    here = Place.of(root)
    if noted.is_same(here):
        return None
    if noted.machine and here.machine and noted.machine != here.machine:
        return f"it was written on another machine, as {noted.path}"
    if noted.uid != here.uid:
        return f"the user with uid {noted.uid} wrote it"
    return f"it was written as {noted.path}, of which it is a copy"


def _was_used_here(root: Path) -> bool:
    """Tell whether a process of this boot left its number in a home, be it gone or not."""
    here = boot_id()
    for file in (root / "launcher.json", *(root / "hosts").glob("*/process.json")):
        try:
            if json.loads(file.read_text(encoding="utf-8"))["boot_id"] == here:
                return True
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return False


def _machine() -> str:
    try:
        return _MACHINE_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
