"""Where this package lets a code server bind: a socket of its own in this user's folder."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from treadle_client._errors import StartError

#: What a socket's path may hold, in bytes, less room for its name.
_LONGEST_FOLDER = 107 - 32


def new_code_server_address() -> str:
    """Name a Unix socket that nobody else uses. The folder is made, the socket is not.

    Raises:
        StartError: no folder is this user's alone.
    """
    return f"unix:{_folder()}/{secrets.token_hex(6)}-codeserver.sock"


def _folder() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(runtime) / "treadle"] if runtime else []
    for folder in (*candidates, Path(f"/tmp/treadle-{os.getuid()}")):
        if len(os.fsencode(folder)) <= _LONGEST_FOLDER and _is_ours(folder):
            return folder
    raise StartError(
        f"/tmp/treadle-{os.getuid()} is not a folder of this user's alone: remove it, or set"
        " XDG_RUNTIME_DIR."
    )


def _is_ours(folder: Path) -> bool:
    """Make the folder if it is missing, and tell whether only this user can enter it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(state.st_mode)
        and state.st_uid == os.getuid()
        and stat.S_IMODE(state.st_mode) == stat.S_IRWXU
    )
