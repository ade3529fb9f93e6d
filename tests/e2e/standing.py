"""A standing launcher and its code server, which a test may kill and start again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

import treadle_client

MARK = "TREADLE_TEST_STANDING"
SECONDS = 60


class Standing:
    """Services of one home, as an operator would run them. Made by `standing` alone.

    `launcher_prefix` is a command that becomes the launcher; `flags` are those of each of its starts.
    """

    def __init__(
        self,
        module: Path,
        home: Path,
        launcher_prefix: Sequence[str] = (),
        flags: Sequence[str] = (),
    ) -> None:
        self.home = home
        self._prefixes = {"treadle_launcher": launcher_prefix}
        self._flags = flags
        self.mark = uuid.uuid4().hex
        # A folder of its own for sockets, and short: a killed launcher leaves them there.
        self._runtime = tempfile.mkdtemp(prefix="tt-")
        self._services: dict[str, subprocess.Popen[bytes]] = {}
        self._module = module
        self._code_address = ""

    def start(self) -> None:
        """Start both."""
        self._code_address = self._start("treadle_codeserver", "--file", str(self._module))
        self.start_launcher()

    def start_launcher(self, *arguments: str) -> str:
        """Start the launcher on the home and return its address."""
        located = ("--location", self._code_address, "--home", str(self.home))
        return self._start("treadle_launcher", *located, *self._flags, *arguments)

    def kill_launcher(self) -> None:
        """Kill the launcher: its hosts live on."""
        process = self._services.pop("treadle_launcher")
        process.kill()
        process.wait(timeout=SECONDS)

    def stop_launcher(self) -> None:
        """Have the launcher leave in good order: its hosts live on."""
        process = self._services.pop("treadle_launcher")
        process.terminate()
        assert process.wait(timeout=SECONDS) == 0

    def connect(self) -> treadle_client.Client:
        """Connect to the launcher as the home names it."""
        address = json.loads((self.home / "launcher.json").read_text())["address"]
        return treadle_client.Client.connect(address)

    def close(self) -> None:
        """End every process that was started from here, hosts and steps included."""
        left = []
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if process.environ().get(MARK) == self.mark:
                    process.kill()
                    left.append(process)
        for service in self._services.values():
            service.wait(timeout=SECONDS)
        psutil.wait_procs(left, timeout=SECONDS)
        shutil.rmtree(self._runtime)

    def _start(self, module: str, *arguments: str) -> str:
        reading, writing = os.pipe()
        python = [*self._prefixes.get(module, ()), sys.executable]
        command = [*python, "-P", "-m", module, *arguments, "--ready-fd", str(writing)]
        environment = {**os.environ, MARK: self.mark, "XDG_RUNTIME_DIR": self._runtime}
        self._services[module] = subprocess.Popen(command, pass_fds=[writing], env=environment)
        os.close(writing)
        with os.fdopen(reading) as ready:
            return str(json.loads(ready.readline())["address"])


@contextmanager
def standing(
    module: Path, home: Path, launcher_prefix: Sequence[str] = (), flags: Sequence[str] = ()
) -> Iterator[Standing]:
    """Run a code server and a standing launcher for the length of the block."""
    services = Standing(module, home, launcher_prefix, flags)
    try:
        services.start()
        yield services
    finally:
        services.close()


def read_until(output: Iterator[str], text: str) -> list[str]:
    """Read lines up to the one that holds a text."""
    lines = []
    for line in output:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"{text!r} never came: {lines}")


def wait_for(happened: Callable[[], bool], client: treadle_client.Client) -> None:
    """Ask the launcher things, which takes it time, until something has happened."""
    late = time.monotonic() + 2 * SECONDS
    while not happened():
        assert time.monotonic() < late, "it never happened"
        client.launcher()
