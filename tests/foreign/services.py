"""A service of ours as a process, for the length of a block, and what it logs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

_END_SECONDS = 30
_SHOWN_LINES = 60
_GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""What is freed goes back to the system at once (glibc keeps large pieces else): what grows is held."""


class Service:
    """Started with the block, told to leave at its end."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self.address = ""
        # Gone with this process, whatever becomes of it.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it is read after the block

    def __enter__(self) -> Self:
        """Start it, and wait until it serves."""
        ready_read, ready_write = os.pipe()
        # It ends with this block, and nothing of it is left: hosts that run on neither.
        alive_read, self._alive = os.pipe()
        flags = ["--ready-fd", str(ready_write), "--alive-fd", str(alive_read)]
        self._popen = subprocess.Popen(
            [*self._command, *flags],
            pass_fds=(ready_write, alive_read),
            stderr=self._log,
            env={**os.environ, **_GIVEN_BACK},
        )
        os.close(ready_write)
        os.close(alive_read)
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
        os.close(self._alive)
        try:
            self._popen.wait(_END_SECONDS)
        finally:
            self._popen.kill()
            self._popen.wait()

    def tracebacks(self) -> list[str]:
        """Return what it logged with a traceback: there is to be none."""
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").splitlines()
        at = [number for number, line in enumerate(lines) if line.startswith("Traceback")]
        return ["\n".join(lines[max(0, number - 1) : number + _SHOWN_LINES]) for number in at]

    def memory(self) -> int:
        """Return how many bytes of memory are its own: resident, and of no file."""
        status = Path(f"/proc/{self._popen.pid}/status").read_text()
        kibibytes = next(line.split()[1] for line in status.splitlines() if "RssAnon" in line)
        return int(kibibytes) * 1024
