"""Homes, seen from outside: which folder is meant, and which launcher runs on it."""

from __future__ import annotations

import fcntl
import json
import os
import struct
from pathlib import Path
from typing import Final

from treadle_client._errors import StartError
from treadle_contract.lazy_dataclasses import dataclass

_WHOLE_FILE: Final = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningLauncher:
    """The launcher that runs on a home."""

    address: str
    pid: int


def default_home() -> Path:
    """Return $TREADLE_HOME, else `.treadle` in the working directory, as an absolute path."""
    return Path(os.environ.get("TREADLE_HOME") or ".treadle").absolute()


def holds(home: Path, name: str) -> bool:
    """Tell whether there is a file of this name in a home.

    Raises:
        StartError: the home may not be read.
    """
    try:
        (home / name).stat()
    except PermissionError as error:
        raise StartError(f"The home {home} is not readable: {error}.", usage=True) from error
    except OSError:
        return False
    return True


def find_launcher(home: Path) -> RunningLauncher | None:
    """Return the launcher that runs on the home; None when there is none.

    A killed launcher leaves its launcher.json, and a copy of the home has the original's.
    """
    try:
        content = json.loads((home / "launcher.json").read_text(encoding="utf-8"))
        running = RunningLauncher(address=str(content["address"]), pid=int(content["pid"]))
        named = (str(content["boot_id"]), int(content["start_ticks"]))
        folder = content.get("folder")
        if folder is not None:
            is_of = (int(folder["device"]), int(folder["inode"])) == _folder(home)
            return running if is_of and _is_taken(home / "lock") else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    # An older launcher's: it says for which process it is, not for which folder.
    return running if named == (_boot_id(), _start_ticks(running.pid)) else None


def clear_killed_launcher(home: Path, pid: int) -> None:
    """Remove what a launcher that was killed left for others to find: its sockets' files.

    One that left by itself, and one after it, have seen to that.
    """
    file = home / "launcher.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if int(content["pid"]) != pid:
            return
        Path(str(content["own_host_socket"])).unlink(missing_ok=True)
        file.unlink(missing_ok=True)
    except (OSError, ValueError, KeyError, TypeError):
        return


def _folder(home: Path) -> tuple[int, int]:
    state = home.stat()
    return state.st_dev, state.st_ino


def _is_taken(lock: Path) -> bool:
    """Ask whether a launcher has the lock, of whatever namespace it is; nothing is taken."""
    with lock.open("rb") as file:
        answer = fcntl.fcntl(file.fileno(), fcntl.F_OFD_GETLK, _WHOLE_FILE)
    return bool(struct.unpack("hhqqi4x", answer)[0] != fcntl.F_UNLCK)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()


def _start_ticks(pid: int) -> int | None:
    """Return when the process started, in clock ticks since boot; None when it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may hold any character; what follows is regular.
    fields = stat[stat.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else int(fields[19])
