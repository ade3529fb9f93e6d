"""Ephemeral services: child processes that end with this one, whatever ends it.

All of them hold the read end of one pipe, whose write end is here alone. Closing it, or the
end of this process, is their order to end.
"""

from __future__ import annotations

import json
import os
import select
import stat
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from treadle_client._errors import StartError
from treadle_contract.lazy_dataclasses import dataclass

#: How long services get to end, runs and hosts included, before they are killed, in seconds.
#: Longer than the launcher's grace between TERM and KILL of a step.
END_SECONDS = 30.0
#: How much of a service's stderr stands in a StartError, in bytes.
_STDERR_BYTES = 32 * 1024

#: The exit status of a service whose arguments make no sense.
_BAD_ARGUMENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Socket:
    """One socket's file: exactly this one, and none that another service puts there later."""

    path: Path
    device: int
    inode: int

    @classmethod
    def at(cls, address: str) -> Self | None:
        """Return the socket of an address; None when it has none."""
        path = Path(address.removeprefix("unix:"))
        try:
            state = path.lstat()
        except OSError:
            return None
        is_socket = address.startswith("unix:") and stat.S_ISSOCK(state.st_mode)
        return cls(path=path, device=state.st_dev, inode=state.st_ino) if is_socket else None

    def remove(self) -> None:
        """Remove it, if it is there still."""
        if self.at(f"unix:{self.path}") == self:
            self.path.unlink(missing_ok=True)


class Service:
    """One service's process. Made by `Lifeline.start`, which also ends it."""

    def __init__(
        self, name: str, process: subprocess.Popen[bytes], ready_fd: int, stderr: IO[bytes] | None
    ) -> None:
        self.name = name
        self._process = process
        self._ready_fd = ready_fd
        self._stderr = stderr
        self._socket: _Socket | None = None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def wait_ready(self, seconds: float) -> str:
        """Return the address that it serves.

        Raises:
            StartError: it ended, or was not ready in time; with what it wrote to stderr.
        """
        deadline = time.monotonic() + seconds
        # Not select: the user's process may hold more descriptors than it can take.
        readable = select.poll()
        readable.register(self._ready_fd, select.POLLIN)
        line = b""
        while not line.endswith(b"\n"):
            left = max(0.0, deadline - time.monotonic())
            if not readable.poll(left * 1000):
                message = f"The {self.name} was not ready within {seconds:g} s."
                raise StartError(message, stderr=self.stderr())
            piece = os.read(self._ready_fd, 4096)
            if not piece:
                self._raise_ended()
            line += piece
        address = str(json.loads(line)["address"])
        self._socket = _Socket.at(address)
        return address

    def _raise_ended(self) -> None:
        status = self._process.wait()
        _, is_said, why = self.stderr().rpartition(f"treadle {self.name.replace(' ', '')}: error: ")
        if status == _BAD_ARGUMENTS and is_said:
            # What a caller chose is refused by the option's name: there was nothing to start.
            raise StartError(f"{why.strip().removeprefix('argument ')}.", usage=True)
        message = f"The {self.name} did not start (exit status {status})."
        raise StartError(message, stderr=self.stderr(), usage=status == _BAD_ARGUMENTS)

    def stderr(self) -> str:
        """Return the end of what it wrote to stderr; "" when that went to our own."""
        if self._stderr is None:
            return ""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _STDERR_BYTES))
        return self._stderr.read().decode(errors="replace")

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end and return the exit status.

        Raises:
            subprocess.TimeoutExpired: it had not ended by then.
        """
        return self._process.wait(seconds)

    def kill(self) -> None:
        """Kill it at once. Its hosts end by themselves: they hold the pipe too."""
        self._process.kill()

    def remove_socket(self) -> None:
        """Remove the socket that it left, if it was killed."""
        if self._socket is not None:
            self._socket.remove()

    def watch(self, ended: Callable[[Self], None]) -> None:
        """Call `ended` from a thread when the process has ended."""

        def wait() -> None:
            self._process.wait()
            ended(self)

        threading.Thread(target=wait, name=f"wait-{self.name}", daemon=True).start()


class Lifeline:
    """The pipe, and the services that hold it. Leaving the with block ends and reaps them all."""

    def __init__(self, *, show_stderr: bool) -> None:
        self._show_stderr = show_stderr
        self._services: list[Service] = []
        self._files = ExitStack()
        self._owner = os.getpid()
        self._alive_fd, self._write_fd = os.pipe()
        _LIFELINES.add(self)

    def start(self, name: str, module: str, arguments: Sequence[str]) -> Service:
        """Start `python -P -m module` as a child in a session of its own.

        Its session keeps a terminal's Ctrl-C from it: this process decides when it ends.
        """
        ready_read, ready_write = os.pipe()
        self._files.callback(os.close, ready_read)
        captured = None if self._show_stderr else self._files.enter_context(_temporary_file())
        pipes = ["--alive-fd", str(self._alive_fd), "--ready-fd", str(ready_write)]
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *arguments, *pipes],
                stdin=subprocess.DEVNULL,
                # What a service prints is for people, never part of a command's output.
                stdout=captured or 2,
                stderr=captured or 2,
                pass_fds=(self._alive_fd, ready_write),
                start_new_session=True,
            )
        finally:
            os.close(ready_write)
        service = Service(name, process, ready_read, captured)
        self._services.append(service)
        return service

    def afterwards(self, act: Callable[[], None]) -> None:
        """Call this when every service is reaped."""
        self._files.callback(act)

    def drop_in_child(self) -> None:
        """Let go of the pipe in a forked child, which would otherwise keep the services alive."""
        for fd in (self._alive_fd, self._write_fd):
            with suppress(OSError):
                os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if os.getpid() != self._owner:
            return
        _LIFELINES.discard(self)
        os.close(self._write_fd)
        os.close(self._alive_fd)
        try:
            self._reap()
        finally:
            self._files.close()

    def _reap(self) -> None:
        deadline = time.monotonic() + END_SECONDS
        try:
            for service in self._services:
                with suppress(subprocess.TimeoutExpired):
                    service.wait(max(0.0, deadline - time.monotonic()))
        finally:
            # Also when a second Ctrl-C cuts the wait short. Killing what has ended is harmless.
            for service in self._services:
                service.kill()
                service.wait()
                service.remove_socket()


def _temporary_file() -> IO[bytes]:
    return tempfile.TemporaryFile(prefix="treadle-")


_LIFELINES: weakref.WeakSet[Lifeline] = weakref.WeakSet()


def _drop_all_in_child() -> None:
    for lifeline in tuple(_LIFELINES):
        lifeline.drop_in_child()


os.register_at_fork(after_in_child=_drop_all_in_child)
