"""Ephemeral services leave nothing when their starter is killed, whatever runs just then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.processes import running

ASSETS = Path(__file__).resolve().parent.parent / "assets"
MARK = "TREADLE_TEST_ENDING"

#: Starts a run that waits, says so, and would wait for ever.
USES_LOCAL = """
import sys
import treadle_client
with treadle_client.local(sys.argv[1], home=sys.argv[2]) as client:
    for event in client.materialize("waits").events():
        if isinstance(event, treadle_client.LogRecord):
            print("running", flush=True)
"""


@dataclass(frozen=True)
class Place:
    """Where one test's services put what they make, and the mark that their processes carry."""

    scratch: Path
    runtime: Path
    mark: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            MARK: self.mark,
            "XDG_RUNTIME_DIR": str(self.runtime),
            "TREADLE_TEST_SCRATCH": str(self.scratch),
        }

    def processes(self) -> list[psutil.Process]:
        """Return every process that was started from here, whoever its parent is now."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def sockets(self) -> list[str]:
        return [str(path) for path in self.runtime.rglob("*") if path.is_socket()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    # A short folder: a socket's path holds 107 bytes.
    with tempfile.TemporaryDirectory(prefix="tt-") as runtime:
        yield Place(scratch=tmp_path, runtime=Path(runtime), mark=uuid.uuid4().hex)


def wait_until_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not alive, [process.cmdline() for process in alive]


def is_host(process: psutil.Process) -> bool:
    """Tell a host from others. The launcher that was killed may still wait to be reaped."""
    try:
        return "host" in process.cmdline()
    except psutil.Error:
        return False


def test_a_killed_local_leaves_no_process_and_no_socket(place: Place) -> None:
    module = str(ASSETS / "waits_for_release.py")
    command = [sys.executable, "-c", USES_LOCAL, module, str(place.scratch / "home")]
    with running(command, env=place.environment, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"running\n"
        processes = place.processes()
        starter.send_signal(signal.SIGKILL)

    wait_until_gone(processes)
    # Starter, code server, launcher, host, step.
    assert len(processes) >= 5
    assert place.processes() == []
    assert place.sockets() == []


USES_A_LAUNCHER_THAT_IS_KILLED = """
import os, signal, sys, time
from pathlib import Path
import treadle_client
from treadle_client.services._local import Code, connected, local_services
with local_services(Code(files=(Path(sys.argv[1]),)), Path(sys.argv[2])) as services:
    if sys.argv[3] == "busy":
        with connected(services) as client:
            for event in client.materialize("waits").events():
                if isinstance(event, treadle_client.LogRecord):
                    break
    os.kill(services.launcher.pid, signal.SIGKILL)
    print("killed", flush=True)
    sys.stdin.readline() if sys.argv[4] == "stays" else None
"""


@pytest.mark.parametrize(
    ("work", "starter"), [("busy", "stays"), ("busy", "leaves"), ("idle", "leaves")]
)
def test_a_killed_launcher_leaves_no_socket(place: Place, work: str, starter: str) -> None:
    arguments = [str(ASSETS / "waits_for_release.py"), str(place.scratch / "home"), work, starter]
    with running(
        [sys.executable, "-c", USES_A_LAUNCHER_THAT_IS_KILLED, *arguments],
        env=place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"killed\n"
        if starter == "stays":
            # The launcher's hosts see to it, whatever its starter does.
            wait_until_gone([one for one in place.processes() if is_host(one)])
            assert [name for name in place.sockets() if "codeserver" not in name] == []
        process.communicate(b"\n", timeout=60)

    assert process.returncode == 0
    assert place.processes() == []
    assert place.sockets() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_ended_dev_leaves_no_process_and_no_socket(place: Place, number: signal.Signals) -> None:
    module = str(ASSETS / "waits_for_release.py")
    home = str(place.scratch / "home")
    treadle = [sys.executable, "-m", "treadle_client"]
    command = [*treadle, "dev", "-f", module, "--home", home]
    with running(command, env=place.environment, stdout=subprocess.PIPE) as dev:
        assert dev.stdout is not None
        assert dev.stdout.readline()
        client = subprocess.Popen(
            [*treadle, "materialize", "--home", home, "--select", "waits", "--json"],
            env=place.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert client.stdout is not None
        while b"log_record" not in client.stdout.readline():
            assert client.poll() is None
        processes = place.processes()
        dev.send_signal(number)

    # It would wait for another launcher: what it does then is told elsewhere.
    client.terminate()
    client.communicate()
    wait_until_gone(processes)
    assert dev.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert len(processes) >= 5
    assert place.processes() == []
    assert place.sockets() == []
    unreachable = subprocess.run(
        [*treadle, "graph", "--home", home], env=place.environment, check=False, capture_output=True
    )
    assert unreachable.returncode == 3


def test_an_idle_host_does_not_wake_and_services_wake_no_more_than_bare_grpc(
    place: Place,
) -> None:
    code = IDLE.format(assets=str(ASSETS / "seed_chain.py"), home=str(place.scratch / "home"))
    with running(
        [sys.executable, "-c", code],
        env=place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdin is not None
        assert starter.stdout.readline() == b"idle\n"
        others = [process for process in place.processes() if process.pid != starter.pid]
        kinds = {kind_of(process): process for process in others}
        found = [watched(kinds)]
        while found[-1] and len(found) < MOST_TIMES:
            found.append(watched(kinds))
        starter.stdin.close()

    assert {"bare", "codeserver", "launcher", "host"} <= kinds.keys()
    assert found[-1] == [], found


def watched(kinds: Mapping[str, psutil.Process]) -> list[str]:
    """Return which processes woke, or ended, in the next seconds, and how often."""
    before = {kind: threads_of(process) for kind, process in kinds.items()}
    # Five seconds in which none of them may end; that is the time that is measured.
    ended, _ = psutil.wait_procs(list(kinds.values()), timeout=IDLE_SECONDS)
    if ended:
        return [f"ended: {process}" for process in ended]
    after = {kind: threads_of(process) for kind, process in kinds.items()}
    woken = {kind: wake_ups(before[kind], after[kind]) for kind in kinds}
    # What grpcio's threads are called is seen where there are no others but the main one.
    main = after["bare"][kinds["bare"].pid].name
    grpcs = {thread.name for thread in after["bare"].values()} - {main}
    # No thread of ours wakes: nothing is polled. Grpcio's own wake now and then; the bare server
    # beside them tells how often.
    most = {"host": 0, "codeserver": 3 * woken["bare"] + KEEPALIVE}
    most["launcher"] = most["codeserver"]
    ours = {kind: wake_ups(before[kind], after[kind], but=grpcs) for kind in most}
    return [f"{kind}: {number} of ours" for kind, number in ours.items() if number] + [
        f"{kind}: {woken[kind]}, {most[kind]} at most" for kind in most if woken[kind] > most[kind]
    ]


IDLE_SECONDS = 5.0
#: How often it is looked, before what is there counts: the client that has just gone may still be
#: news, and how often grpcio wakes differs by a factor of three from one time to the next.
MOST_TIMES = 12
KEEPALIVE = 5

IDLE = """
import subprocess, sys
import treadle_client
BARE = '''
import asyncio, sys
import grpc
async def main():
    server = grpc.aio.server()
    server.add_insecure_port("unix:" + sys.argv[1])
    await server.start()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(None)
asyncio.run(main())
'''
with treadle_client.local({assets!r}, home={home!r}) as client:
    client.materialize("*").result(timeout=60).raise_for_failure()
    bare = subprocess.Popen(
        [sys.executable, "-c", BARE, {home!r} + "/bare.sock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    bare.stdout.readline()
    client.close()
    print("idle", flush=True)
    sys.stdin.read()
    bare.communicate()
"""


def kind_of(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if "bootstrap.py host" in line:
        return "host"
    for name in ("codeserver", "launcher"):
        if f"treadle_{name}" in line:
            return name
    return "bare" if "bare.sock" in line else "other"


@dataclass(frozen=True)
class Thread:
    """A thread's name, and how often it has been put to sleep and woken."""

    name: str
    switches: int


def threads_of(process: psutil.Process) -> dict[int, Thread]:
    """Return the threads of a process by their ids."""
    found = {}
    for status in Path(f"/proc/{process.pid}/task").glob("*/status"):
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        name, switches = fields["Name"].strip(), int(fields["voluntary_ctxt_switches"])
        found[int(status.parent.name)] = Thread(name, switches)
    return found


def wake_ups(
    before: dict[int, Thread], after: dict[int, Thread], *, but: Collection[str] = ()
) -> int:
    """Return how often threads were woken meanwhile, those of some names left out."""
    return sum(
        thread.switches - (before[number].switches if number in before else 0)
        for number, thread in after.items()
        if thread.name not in but
    )
