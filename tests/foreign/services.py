"""A service of ours as a process, for the length of a block."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_END_SECONDS = 30
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Service:
    """Started with the block, told to leave at its end; what it logs goes where ours does not."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self.address = ""

    def __enter__(self) -> Self:
        """Start it, and wait until it serves."""
        ready_read, ready_write = os.pipe()
        self._popen = subprocess.Popen(
            [*self._command, "--ready-fd", str(ready_write)],
            pass_fds=(ready_write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(ready_write)
        with os.fdopen(ready_read, "rb") as ready:
            self.address = json.loads(ready.readline())["address"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Tell it to leave, and wait until it has."""
        self._popen.terminate()
        try:
            self._popen.wait(_END_SECONDS)
        finally:
            self._popen.kill()
            self._popen.wait()

    def rss(self) -> int:
        """Return how many bytes of its memory are resident."""
        return int(Path(f"/proc/{self._popen.pid}/statm").read_text().split()[1]) * _PAGE
