"""Ownership: whether a file or folder is this user's alone to read or to write."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path

_ACL = "system.posix_acl_access"


def is_ours(status: os.stat_result) -> bool:
    """Whether it belongs to this user, or to root, who could do everything anyway."""
    return status.st_uid in (os.geteuid(), 0)


def others_may(status: os.stat_result, path: Path, rights: int) -> bool:
    """Whether somebody beside its owner has one of the rights, of stat.S_IRWXO.

    The group that a user has alone is no other: many systems let it write by default.
    """
    if status.st_mode & rights:
        return True
    return bool(status.st_mode & (rights << 3)) and not _is_own_group(status.st_gid, path)


def _is_own_group(gid: int, path: Path) -> bool:
    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    is_private = user.pw_gid == gid and group.gr_name == user.pw_name
    return is_private and set(group.gr_mem) <= {user.pw_name} and not _has_acl(path)


def _has_acl(path: Path) -> bool:
    """Whether a list of its own says who may: the mode's group is then the most that it grants."""
    try:
        return _ACL in os.listxattr(path)
    except OSError:
        return False


def mode_text(status: os.stat_result) -> str:
    """Return the mode as people write it."""
    return f"{stat.S_IMODE(status.st_mode):04o}"
