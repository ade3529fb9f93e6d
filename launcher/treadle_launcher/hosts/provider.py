"""Starting a local host: the one place where the launcher starts a process (it never forks)."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from treadle_access.addresses import Address, UnixAddress
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import ProcessId
from treadle_launcher.durability import Durability
from treadle_launcher.home.home import Home
from treadle_launcher.hosts.host_folder import HostFolder
from treadle_launcher.hosts.processes import boot_id, exited, kill_guarded, start_ticks
from treadle_launcher.locations.launch_spec import FileTarget, LaunchSpec, LaunchTarget
from treadle_launcher.private_files import opened_private
from treadle_launcher.serving.arguments import StartWith


class HostStartError(RuntimeError):
    """The operating system refused to start the host. `remedy` says what to do."""

    def __init__(
        self, cause: str, remedy: str = "Start its code server anew where it can run"
    ) -> None:
        super().__init__(cause)
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """What every host of this launcher is told. Times are seconds; `alive_fd` None: standing.

    Hosts dial `socket`; `served` is where callers find the launcher.
    """

    socket: UnixAddress
    served: Address | None
    alive_fd: int | None
    orphan_grace: float
    idle_host: float
    term_grace: float
    start_method: StartWith
    log_limit: int
    durability: Durability = Durability.PROCESS


class HostProcess:
    """A host that this launcher started: the guard above it. Made by `start_host` alone.

    A guard ends when nothing of its host is left, in the way its host did.
    """

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.process = ProcessId(
            boot_id=boot_id(), pid=popen.pid, start_ticks=start_ticks(popen.pid) or 0
        )
        self._popen = popen

    async def ended(self) -> None:
        """Return when the process has ended, and reap it."""
        await exited(self.process)
        self._popen.wait()

    @property
    def exit_code(self) -> int | None:
        """The exit status, negative for a signal. Known after `ended` only."""
        return self._popen.returncode

    @property
    def is_proof(self) -> bool:
        """Whether the end of this process, which is over, tells that all below it is gone.

        A signal may have been meant for the guard itself, and an exit status never is.
        """
        return self._popen.returncode is not None and self._popen.returncode >= 0

    @property
    def ending(self) -> str:
        """How the process ended, in words. Known after `ended` only."""
        code = self._popen.returncode
        if code is None:
            return "it still runs"
        if code < 0:
            return f"it was terminated by signal {-code}"
        return f"it exited with status {code}"

    def kill(self) -> None:
        """Kill the host; its guard ends when everything below it is gone."""
        kill_guarded(self.process)


def new_host_folder(home: Home) -> HostFolder:
    """Return the folder of a host that is to be started, under an id that none ever had."""
    return HostFolder(path=home.hosts / os.urandom(16).hex())


def bootstrap_file() -> Path:
    """Return the file that starts a worker process; nothing of the worker is imported."""
    spec = importlib.util.find_spec("treadle_worker")
    if spec is None or not spec.submodule_search_locations:
        raise HostStartError("treadle_worker is not installed beside treadle_launcher")
    return Path(spec.submodule_search_locations[0]) / "bootstrap.py"


def start_host(
    home: Home, folder: HostFolder, location: str, launch: LaunchSpec, options: HostOptions
) -> HostProcess:
    """Start a host for the code that the LaunchSpec names; it will dial in.

    Raises:
        HostStartError: the interpreter or the working directory is not there, or there is no
            room or descriptor left; no process is.
    """
    try:
        folder.path.mkdir(mode=0o700, parents=True)
        folder.write_durability(options.durability)
        popen = _popen(folder, launch, options, _spec(home, folder, location, launch, options))
    except (OSError, ValueError) as error:
        # ValueError: what no process can be given, in a spec that was recorded before they were checked.
        raise HostStartError(f"{launch.interpreter} could not be started: {error}") from error
    host = HostProcess(popen)
    try:
        folder.write_process(host.process, is_ephemeral=options.alive_fd is not None)
    except OSError as error:
        # A launcher that comes later could not know of it.
        host.kill()
        popen.wait()
        raise HostStartError(f"the host's folder cannot be written: {error}") from error
    return host


def _popen(
    folder: HostFolder, launch: LaunchSpec, options: HostOptions, spec: Mapping[str, object]
) -> subprocess.Popen[bytes]:
    inherited = () if options.alive_fd is None else (options.alive_fd,)
    with _readable(spec) as spec_fd, open(folder.output, "wb", opener=opened_private) as output:
        return subprocess.Popen(
            [launch.interpreter, "-P", str(bootstrap_file()), "host", str(spec_fd)],
            cwd=launch.working_directory,
            env=dict(launch.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(spec_fd, *inherited),
            start_new_session=True,
        )


def _spec(
    home: Home, folder: HostFolder, location: str, launch: LaunchSpec, options: HostOptions
) -> Mapping[str, object]:
    return {
        "hostId": folder.host_id,
        "tag": folder.tag,
        "location": location,
        "launcherSocket": str(options.socket.path),
        "workingDirectory": launch.working_directory,
        "targets": [_target(target) for target in launch.targets],
        "digest": launch.digest,
        "coreDigest": launch.core_digest,
        "generatorStates": list(launch.generator_states),
        "files": dict(launch.files),
        "definitions": dict(launch.definitions),
        "importTimeoutMs": launch.import_timeout_ms,
        "valuesRoot": str(home.values),
        "logsRoot": str(home.logs),
        "journal": str(folder.journal),
        "servedSocket": str(options.served.path) if isinstance(options.served, UnixAddress) else "",
        "aliveFd": options.alive_fd,
        "orphanGraceMs": int(options.orphan_grace * 1000),
        "idleGraceMs": int(options.idle_host * 1000),
        "termGraceMs": int(options.term_grace * 1000),
        "logLimitBytes": options.log_limit,
        "startMethod": options.start_method.value,
        "durability": options.durability.value,
    }


def _target(target: LaunchTarget) -> Mapping[str, str]:
    if isinstance(target, FileTarget):
        return {"file": target.path}
    return {"module": target.name}


@contextmanager
def _readable(content: Mapping[str, object]) -> Iterator[int]:
    # A memory file instead of a pipe: it holds any length without a writer that could block.
    fd = os.memfd_create("treadle-host-spec")
    try:
        os.write(fd, json.dumps(content).encode())
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)
