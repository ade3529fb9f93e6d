"""Starting step processes: by fork from the host, or by exec of a fresh interpreter."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Protocol

import treadle_worker
from treadle._system import gc, os, pickle, signal
from treadle.io._files import FileStore
from treadle_contract import json_codec
from treadle_contract.worker import Task
from treadle_worker.attempts.channels import Channels, above_standard, open_channels
from treadle_worker.attempts.fork_server import MOST_BYTES, ForkServer, NoForkServerError
from treadle_worker.attempts.spawned import SpawnedAttempt
from treadle_worker.attempts.started import Started
from treadle_worker.host.held_code import HeldCode
from treadle_worker.host.host_output import note
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.step import capture, step
from treadle_worker.step.capture import LogFolder
from treadle_worker.step.process_exit import disown_handlers
from treadle_worker.step.reports import OUR_FAILURE, Reports

# Those that a host handles and a step process does not.
HANDLED_SIGNALS = (signal.SIGTERM, signal.SIGINT)


# No path has one.
_END_OF_PATH = b"\0"
_WARNS_OF_FORKS = sys.version_info >= (3, 12)


class Starter(Protocol):
    """How a host starts the process of an attempt.

    `prepares`: what it starts has imported the code, and does nothing of the op before it is told.
    """

    prepares: bool

    def start(self, task: Task, logs: LogFolder) -> Started:
        """Start it.

        Raises:
            OSError: the operating system refuses.
        """
        ...


class ForkStarter:
    """Forks: by a fork server, unless there can be none, or the task is too much to tell it.

    `leave_to_parent` undoes, in a copy of the host, what is the host's alone: its mask, too.
    `interrupts`: nobody catches the signals of interrupts.py.
    """

    prepares = True

    def __init__(
        self,
        spec: HostSpec,
        code: HeldCode,
        leave_to_parent: Callable[[], None],
        *,
        interrupts: bool,
    ) -> None:
        self._spec = spec
        self._code = code
        self._leave_to_parent = leave_to_parent
        self._interrupts = interrupts
        self._host = os.getpid()
        self._server: ForkServer | None = None
        # Threads of the user's change what they share with the steps, and hold locks for a while.
        if not code.forced:
            with contextlib.suppress(NoForkServerError):
                self._server = ForkServer(self._make_ready, self._begin)

    def start(self, task: Task, logs: LogFolder) -> Started:
        """Fork a process that runs the task; in it this never returns."""
        with open_channels() as (ours, theirs):
            pid = self._fork_apart(task, logs, theirs)
            if pid is None:
                pid = self._fork_here(task, logs, (ours, theirs))
        return Started(pid=pid, ours=ours)

    def _fork_apart(self, task: Task, logs: LogFolder, theirs: Channels) -> int | None:
        """Have the server fork; None: it does not."""
        if self._server is None:
            return None
        told = _END_OF_PATH.join((os.fsencode(logs.path), json_codec.dumps(task)))
        if len(told) > MOST_BYTES:
            return None
        try:
            return self._server.fork(told, theirs)
        except NoForkServerError as error:
            self._server = None
            note(f"steps are forked by the host itself from now on: {error}")
            return None

    def _fork_here(self, task: Task, logs: LogFolder, ends: tuple[Channels, Channels]) -> int:
        # A TERM that came before the child has its own handlers would be lost.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
        try:
            pid = _fork()
            if pid == 0:
                ours, theirs = ends
                self._run(theirs, lambda: (logs, task), ours.close, self._make_ready)
        finally:
            # Also when the fork is refused: this host has to hear the next TERM.
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return pid

    def _make_ready(self) -> None:
        """Become, in a copy of the host, what step processes are copies of."""
        if self._server is not None:
            self._server.leave_to_parent()
        self._leave_to_parent()
        # What the host had is none of this process's to look through when it ends.
        gc.freeze()
        disown_handlers()
        self._ready = step.make_ready(self._code.location)
        self._store = FileStore(self._spec.values_root, self._spec.durability)

    def _begin(self, told: bytes, theirs: Channels) -> NoReturn:
        def find() -> tuple[LogFolder, Task]:
            path, task = told.split(_END_OF_PATH, 1)
            return LogFolder(path=os.fsdecode(path)), json_codec.loads(Task, task)

        self._run(theirs, find)

    def _run(
        self,
        theirs: Channels,
        find: Callable[[], tuple[LogFolder, Task]],
        *first: Callable[[], None],
    ) -> NoReturn:
        """Run a task in a process of its own; nothing there may go on as if it were another."""
        try:
            reports = Reports(theirs.reports)
        except BaseException:  # noqa: BLE001 - there is nothing yet to say it with
            os._exit(OUR_FAILURE)
        try:
            for ready in first:
                ready()
            capture.redirect(theirs.stdout, theirs.stderr)
            step.detach(self._host)
            self._code.limits.set()
            logs, task = find()
            step.restrict(task.steps[0], reports)
            for file in self._code.read:
                file.open_anew()
            for act in self._code.generators:
                act()
            step.run_attempt(self._ready, self._attempt(logs, task), reports)
        except BaseException as error:  # noqa: BLE001 - what is left to raise here is ours
            step.end_failed(error, reports)

    def _attempt(self, logs: LogFolder, task: Task) -> step.Attempt:
        return step.Attempt(
            location=self._code.location,
            task=task,
            step=task.steps[0],
            store=self._store,
            logs=logs,
            files=self._code.files,
            interrupts=self._interrupts,
        )


class SpawnStarter:
    """Executes the interpreter anew, with the environment that the host itself was given."""

    prepares = False
    # As it was before the user's code ran.
    interpreter = sys.executable

    def __init__(self, spec: HostSpec, environment: Mapping[str, str]) -> None:
        self._spec = spec
        self._environment = environment

    def start(self, task: Task, logs: LogFolder) -> Started:
        """Start an interpreter that imports the code itself and runs the task."""
        with open_channels() as (ours, theirs), _readable() as spec_fd:
            content = SpawnedAttempt(
                host=self._spec, parent=os.getpid(), task=task, logs=logs, report_fd=theirs.reports
            )
            os.write(spec_fd, pickle.dumps(content))
            os.lseek(spec_fd, 0, os.SEEK_SET)
            for fd in (theirs.reports, spec_fd):
                os.set_inheritable(fd, True)
            pid = os.posix_spawn(
                self.interpreter,
                [self.interpreter, "-P", _bootstrap_file(), "step", str(spec_fd)],
                self._environment,
                # Here, and not in our code: the interpreter itself may have something to say.
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, theirs.stdout, 1),
                    (os.POSIX_SPAWN_DUP2, theirs.stderr, 2),
                ],
                setsigmask=[],
                setsigdef=[signal.SIGPIPE],
            )
        return Started(pid=pid, ours=ours)


def _bootstrap_file() -> str:
    return str(Path(treadle_worker.__file__).with_name("bootstrap.py"))


@contextmanager
def _readable() -> Iterator[int]:
    fd = above_standard(os.memfd_create("treadle-step-spec"))
    try:
        yield fd
    finally:
        os.close(fd)


def _fork() -> int:
    if not _WARNS_OF_FORKS:
        return os.fork()
    with warnings.catch_warnings():
        # Python counts native threads too; those that matter were looked for (fork_safety).
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
