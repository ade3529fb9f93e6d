"""A place of one chaos run's own: its home, its services, and what its processes left on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import psutil

import treadle_client
from treadle.io._files import FileStore
from treadle_contract.value import ValueRef

T = TypeVar("T")

MARK = "TREADLE_CHAOS"
MODULE = Path(__file__).with_name("chaos_assets.py")
PATIENCE = 120.0
"""How long services that are killed over and over may be away, in seconds."""
FLAGS = (
    *("--term-grace", "0.5", "--orphan-grace", "60", "--idle-host", "1"),
    *("--max-runs", "50", "--max-steps", "8"),
)


@dataclass(frozen=True)
class Effect:
    """One line that an op wrote when it began, or just before it returned."""

    word: str
    run_id: str
    step_key: str
    pid: int


class Service:
    """A standing service that may be killed and started again, at the same address."""

    def __init__(self, place: Place, module: str, arguments: tuple[str, ...]) -> None:
        self.place = place
        self.module = module
        self.arguments = arguments
        self.log = place.root / f"{module}.log"
        self.starts = 0
        self.popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it is not waited for until it serves."""
        assert self.popen is None or self.popen.poll() is not None
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-P", "-m", self.module, *self.arguments],
                env=self.place.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.starts += 1

    def signal(self, number: signal.Signals) -> None:
        assert self.popen is not None
        self.popen.send_signal(number)

    def kill(self) -> None:
        """Kill the process and reap it."""
        assert self.popen is not None
        self.popen.kill()
        self.popen.wait()

    def check_runs(self) -> None:
        """Raise if the process ended by itself; with what it wrote last."""
        status = None if self.popen is None else self.popen.poll()
        if status is not None:
            written = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.module} ended with status {status}: {written}")

    def stop(self, seconds: float = 30.0) -> int:
        """Tell the process to leave, and return its exit status."""
        if self.popen is None:
            return 0
        self.popen.send_signal(signal.SIGCONT)
        self.popen.terminate()
        try:
            return self.popen.wait(seconds)
        finally:
            self.popen.kill()
            self.popen.wait()


class Place:
    """Folders of its own, and the mark that every process that is started there inherits."""

    def __init__(self, root: Path, *, home: Path | None = None, **environment: str) -> None:
        self.root = root
        self.home = root / "home" if home is None else home
        self.scratch = root / "scratch"
        self.runtime = root / "run"
        self.mark = uuid.uuid4().hex
        for folder in (self.scratch, self.runtime):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.environment = {
            **os.environ,
            MARK: self.mark,
            "CHAOS_SCRATCH": str(self.scratch),
            "XDG_RUNTIME_DIR": str(self.runtime),
            **environment,
        }
        self.code_address = f"unix:{self.runtime}/code.sock"
        self.address = f"unix:{self.runtime}/launcher.sock"
        self.code_server = Service(
            self,
            "treadle_codeserver",
            ("--file", str(MODULE), "--bind", self.code_address, "--name", "chaos"),
        )
        self.launcher = self.a_launcher()

    def a_launcher(self, *flags: str) -> Service:
        """Return a launcher on this home that is not started."""
        return Service(
            self,
            "treadle_launcher",
            (
                *("--home", str(self.home), "--bind", self.address),
                *("--location", f"chaos={self.code_address}", *FLAGS, *flags),
            ),
        )

    def start(self) -> None:
        """Start both services and wait until the code is there."""
        self.code_server.start()
        self.launcher.start()
        self.ready()

    def ready(self, seconds: float = PATIENCE) -> None:
        """Return when the launcher serves and knows its code location."""

        def has_loaded() -> bool:
            for service in (self.launcher, self.code_server):
                service.check_runs()
            try:
                with treadle_client.Client.connect(self.address, timeout=10) as client:
                    states = {location.state for location in client.locations()}
            except treadle_client.UnreachableError:
                # Asking costs those that start time.
                time.sleep(0.2)
                return False
            return states == {treadle_client.LocationState.SERVING}

        wait_until(has_loaded, "the code is loaded", seconds)

    def client(self, patience: float = PATIENCE) -> treadle_client.Client:
        return patiently(
            lambda: treadle_client.Client.connect(self.address, timeout=10, patience=patience)
        )

    def processes(self) -> list[psutil.Process]:
        """Return every process that was started here, whoever its parent is now."""
        found = []
        needle = f"{MARK}={self.mark}".encode()
        for process in psutil.process_iter():
            with suppress(OSError, psutil.Error):
                if needle in Path(f"/proc/{process.pid}/environ").read_bytes():
                    found.append(process)
        return found

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to every process that was started here, the code server apart."""
        assert self.code_server.popen is not None
        for process in self.processes():
            if process.pid != self.code_server.popen.pid:
                with suppress(psutil.Error):
                    process.send_signal(number)

    def hosts(self) -> list[int]:
        """Return the pids of the hosts that live, of the guards above them, and of what forks below."""
        commands = {pid: _command(pid) for pid in (one.pid for one in self.processes())}
        found = []
        for pid, command in commands.items():
            with suppress(psutil.Error):
                above = psutil.Process(pid).parents()[:3]
                # A guard, its host, what forks its steps, and these are forks of one another.
                is_step = len(above) > 2 and all(_command(one.pid) == command for one in above)
                if b"host" in command and not is_step:
                    found.append(pid)
        return sorted(found)

    def guard_and_host(self, pid: int) -> list[int]:
        """Return the pids of both, and of what forks for them, given that of one of them."""
        hosts = set(self.hosts())
        with suppress(psutil.Error):
            one = psutil.Process(pid)
            kin = (one, *one.parents()[:2], *one.children(recursive=True))
            return sorted({each.pid for each in kin} & hosts)
        return []

    def strays(self) -> dict[psutil.Process, str]:
        """Return the processes that got away from the ops that started them, and their names."""
        found = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                command = process.cmdline()
                if command and command[0].startswith(f"stray-{self.mark}"):
                    found[process] = command[0]
        return found

    def steps(self) -> list[int]:
        """Return the pids of the processes in which an op has begun, whatever they do now."""
        begun = {effect.pid for effect in self.effects() if effect.word == "began"}
        return sorted(begun & {process.pid for process in self.processes()})

    def effects(self) -> list[Effect]:
        """Return what ops wrote, in the order they did."""
        try:
            lines = (self.scratch / "effects").read_text().splitlines()
        except FileNotFoundError:
            return []
        fields = [line.split(" ") for line in lines]
        return [Effect(word, run, key, int(pid)) for word, run, key, pid in fields]

    def sockets(self) -> list[str]:
        return [path.name for path in self.runtime.rglob("*") if path.is_socket()]

    def value(self, ref: treadle_client.ValueRef) -> object:
        """Read a stored value; its checksum is checked."""
        return FileStore(self.home / "values").read_value(ValueRef(**asdict(ref)))

    def end(self) -> list[str]:
        """Wait for idle hosts to leave, stop the services, and say what is still there."""
        # Both serve: one that is told to leave while it starts removes no socket of the one before.
        self.ready()
        with suppress(TimeoutError):
            wait_until(lambda: not any((self.home / "hosts").iterdir()), "idle hosts leave", 30)
        self.launcher.stop()
        self.code_server.stop()
        left = [f"host folder {path.name}" for path in (self.home / "hosts").iterdir()]
        with suppress(TimeoutError):
            wait_until(lambda: not self.processes(), "every process has left", 10)
        for process in self.processes():
            with suppress(psutil.Error):
                left.append(f"process {process.pid} {' '.join(process.cmdline())}")
                process.kill()
        return left + [f"socket {name}" for name in self.sockets()]


def _command(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


@contextmanager
def a_place(*, home: Path | None = None, **environment: str) -> Iterator[Place]:
    """Make a place below the temporary folder; kill what is left in it, and remove it."""
    with tempfile.TemporaryDirectory(prefix="tc-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder), home=home, **environment)
        try:
            yield place
        finally:
            for process in (*place.processes(), *place.strays()):
                with suppress(psutil.Error):
                    process.kill()
            for service in (place.launcher, place.code_server):
                if service.popen is not None:
                    service.kill()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Return when it holds; looked at often, for what is waited for lies in other processes."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)


def patiently(call: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Call until the launcher and its code server are there to answer."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except (treadle_client.UnreachableError, treadle_client.RequestError) as error:
            passing = isinstance(error, treadle_client.UnreachableError) or error.reason in PASSING
            if not passing or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


PASSING = {"LOCATION_UNREACHABLE", "NOT_LOADED", "SHUTTING_DOWN", "NO_HOST_FOR_LOCATION"}
"""Why a launcher refuses for the moment while services are killed and started."""
