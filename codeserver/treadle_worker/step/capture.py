"""An attempt's log folder: the files of stdout, stderr and log records; and what goes there."""

from __future__ import annotations

from treadle._system import make_folders, open_file, os
from treadle.io._files import path_component
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import Task

_TAIL_BYTES = 4096
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
_MODE = 0o600
_FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFolder:
    """The folder of one attempt, with the files stdout, stderr and log in it.

    It and they are made when there is something to write: a folder or a file may cost as much as
    a process, and most steps write nothing.
    """

    path: str

    @property
    def stdout(self) -> str:
        """The file of what is written to descriptor 1."""
        return os.path.join(self.path, "stdout")

    @property
    def stderr(self) -> str:
        """The file of what is written to descriptor 2."""
        return os.path.join(self.path, "stderr")

    @property
    def log(self) -> str:
        """The file of the log records, a line each."""
        return os.path.join(self.path, "log")

    @property
    def streams(self) -> tuple[str, str, str]:
        """The three files."""
        return (self.stdout, self.stderr, self.log)

    def stderr_tail(self) -> str:
        """Return the last lines of stderr, at most 4 KiB; "" if it cannot be read."""
        try:
            with open_file(self.stderr, "rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                tail = file.read(_TAIL_BYTES)
        except OSError:
            return ""
        if size > _TAIL_BYTES:
            tail = tail[tail.find(b"\n") + 1 :]
        return tail.decode("utf-8", "replace")


def log_folder_beside(logs: LogFolder, step_key: str, attempt: int) -> LogFolder:
    """Return the folder of an attempt of the same run as another's."""
    run = os.path.dirname(os.path.dirname(logs.path))
    return LogFolder(path=os.path.join(run, path_component(step_key), str(attempt)))


def log_folder(root: str, run_id: str, step_key: str, attempt: int) -> LogFolder:
    """Return the folder of an attempt: `<root>/<run>/<step component>/<attempt>`."""
    return LogFolder(
        path=os.path.join(root, path_component(run_id), path_component(step_key), str(attempt))
    )


def logs_of(root: str, task: Task) -> LogFolder:
    """Return the folder of the attempt that a task begins with."""
    step = task.steps[0]
    return log_folder(root, task.run_id, step.step_key, step.attempt)


def open_append(path: str) -> int:
    """Open a file so that every write goes to its end, making it and its folder if need be.

    Raises:
        OSError: it cannot be opened.
    """
    fd = _open(path, _APPEND)
    # Whatever the umask is, which may be the user's.
    os.fchmod(fd, _MODE)
    return fd


def open_at_end(path: str) -> int:
    """Open a file at its end, making it and its folder if need be; splice takes no O_APPEND.

    Raises:
        OSError: it cannot be opened.
    """
    fd = _open(path, _APPEND & ~os.O_APPEND)
    os.lseek(fd, 0, os.SEEK_END)
    return fd


def _open(path: str, flags: int) -> int:
    try:
        return os.open(path, flags, _MODE)
    except FileNotFoundError:
        make_folders(os.path.dirname(path), _FOLDER_MODE)
        return os.open(path, flags, _MODE)


def redirect(stdout: int, stderr: int) -> None:
    """Make descriptors 0, 1 and 2 of this process /dev/null and the two given, which close.

    What C code and child processes write goes there as well. They are pipes, not the files:
    `echo >/dev/stderr` opens anew what descriptor 2 is, and would empty a file.
    """
    for target, fd in (
        (0, os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)),
        (1, stdout),
        (2, stderr),
    ):
        # A copy is inheritable, as the three descriptors have to be.
        os.dup2(fd, target)
        if fd != target:
            os.close(fd)
        else:
            os.set_inheritable(fd, True)
