"""A cgroup of a host's own, where the machine's owner lets this user make one: a second proof.

Whatever a host starts is in it, and nothing gets out of it by forking, by setsid or by losing
its parents. The kernel kills it whole (`cgroup.kill`) and says when nothing is in it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from treadle._system import os, select, stat, time

_MEMBERSHIPS = Path("/proc/self/cgroup")
_MOUNTS = Path("/proc/self/mountinfo")
_DELEGATED = ("user.delegate", "trusted.delegate")
_EMPTY_WAIT_S = 10.0
NOTE = "cgroup"


class HostCgroup:
    """A cgroup (version 2) that was made for one host. Every method does what it can."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def enter(self) -> None:
        """Move this process, and all that it starts, into it."""
        with contextlib.suppress(OSError):
            (self._path / "cgroup.procs").write_text("0")

    def end(self) -> None:
        """Kill all that is in it, return when nothing is, and remove it."""
        deadline = time.monotonic() + _EMPTY_WAIT_S
        with contextlib.suppress(OSError):
            (self._path / "cgroup.kill").write_text("1")
            with (self._path / "cgroup.events").open(encoding="ascii") as events:
                waiting = select.poll()
                waiting.register(events, select.POLLPRI)
                while "populated 1" in events.read() and time.monotonic() < deadline:
                    waiting.poll(max(0.0, deadline - time.monotonic()) * 1000)
                    events.seek(0)
            self._path.rmdir()


def make(host_id: str, folder: Path) -> HostCgroup | None:
    """Make the cgroup of a host and note it in the host's folder; None: there can be none."""
    parent = own_cgroup(_MEMBERSHIPS, _MOUNTS)
    if parent is None or not is_ours(parent):
        return None
    path = parent / f"treadle-{host_id}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / NOTE).write_text(f"{path}\n")
        path.mkdir()
    except OSError:
        return None
    return HostCgroup(path)


def own_cgroup(memberships: Path, mounts: Path) -> Path | None:
    """Return the folder of this process's cgroup of version 2, if that is mounted."""
    try:
        below = _below(memberships.read_text().splitlines())
        root = _mount(mounts.read_text().splitlines())
    except OSError:
        return None
    if below is None or root is None:
        return None
    mounted, point = root
    if mounted != "/" and below.startswith(mounted):
        below = below[len(mounted) :]
    return Path(point) / below.strip("/")


def is_ours(cgroup: Path) -> bool:
    """Tell whether this user may make cgroups there, by the word of who owns the hierarchy.

    To be able to write is not enough: the superuser always can, and what he writes to may be
    the service manager's. Either it says that it gave the cgroup away, or it gave it to a user.
    """
    try:
        # The root of the hierarchy has no such file: it is nobody's.
        os.stat(cgroup / "cgroup.kill")
        # Processes and controllers that are distributed below exclude each other.
        if (cgroup / "cgroup.subtree_control").read_text().strip():
            return False
        if not os.access(cgroup, os.W_OK) or not os.access(cgroup / "cgroup.procs", os.W_OK):
            return False
        return _is_users(os.stat(cgroup)) or any(_says_yes(cgroup, name) for name in _DELEGATED)
    except OSError:
        return False


def _is_users(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() != 0 and stat.S_ISDIR(status.st_mode)


def _says_yes(cgroup: Path, attribute: str) -> bool:
    try:
        return os.getxattr(cgroup, attribute) == b"1"
    except OSError:
        return False


def _below(lines: Iterable[str]) -> str | None:
    return next((line[3:] for line in lines if line.startswith("0::")), None)


def _mount(lines: Iterable[str]) -> tuple[str, str] | None:
    for line in lines:
        fields, _, types = line.partition(" - ")
        if types.split(" ", 1)[0] == "cgroup2":
            root, point = fields.split(" ")[3:5]
            return root, point
    return None
