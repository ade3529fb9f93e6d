"""Starting step processes: by fork from the host, or by exec of a fresh interpreter."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Protocol

import treadle_worker
from treadle._system import gc, os, pickle, signal
from treadle.io._files import FileStore
from treadle_contract.worker import Task
from treadle_worker.attempts.channels import Channels, above_standard, open_channels
from treadle_worker.attempts.spawned import SpawnedAttempt
from treadle_worker.attempts.started import Started
from treadle_worker.host.held_code import HeldCode
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.step import capture, step
from treadle_worker.step.capture import LogFolder
from treadle_worker.step.process_exit import disown_handlers
from treadle_worker.step.reports import OUR_FAILURE, Reports

# Those that a host handles and a step process does not.
HANDLED_SIGNALS = (signal.SIGTERM, signal.SIGINT)


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
    """Forks. `leave_to_parent` undoes, in the child, what is the host's alone: its mask, too.

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

    def start(self, task: Task, logs: LogFolder) -> Started:
        """Fork a process that runs the task; in it this never returns."""
        with open_channels() as (ours, theirs):
            parent = os.getpid()
            # A TERM that came before the child has its own handlers would be lost.
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
            try:
                pid = _fork()
                if pid == 0:
                    self._begin(parent, (ours, theirs), task, logs)
            finally:
                # Also when the fork is refused: this host has to hear the next TERM.
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return Started(pid=pid, ours=ours)

    def _begin(
        self,
        parent: int,
        ends: tuple[Channels, Channels],
        task: Task,
        logs: LogFolder,
    ) -> NoReturn:
        """Run the task in the child; nothing there may go on as if it were the host."""
        try:
            ours, theirs = ends
            ours.close()
            reports = Reports(theirs.reports)
        except BaseException:  # noqa: BLE001 - there is nothing yet to say it with
            os._exit(OUR_FAILURE)
        try:
            self._leave_to_parent()
            # What the host had is none of this process's to look through when it ends.
            gc.freeze()
            disown_handlers()
            capture.redirect(theirs.stdout, theirs.stderr)
            step.detach(parent)
            self._code.limits.set()
            step.restrict(task.steps[0], reports)
            for file in self._code.read:
                file.open_anew()
            for act in self._code.generators:
                act()
            attempt = step.Attempt(
                location=self._code.location,
                task=task,
                step=task.steps[0],
                store=FileStore(self._spec.values_root, self._spec.durability),
                logs=logs,
                files=self._code.files,
                interrupts=self._interrupts,
            )
            step.run_attempt(attempt, reports)
        except BaseException as error:  # noqa: BLE001 - what is left to raise here is ours
            step.end_failed(error, reports)


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
