"""Worker processes forked from one that has imported ours: the imports cost more than a test.

A line of JSON in, one out: `{"start": …}` gives {"pid": …}, `{"wait": pid}` {"status": …}.
"""

from __future__ import annotations

import json
import os
import sys

from treadle_worker import bootstrap
from treadle_worker.attempts import spawned  # noqa: F401 - before any fork
from treadle_worker.host import host  # noqa: F401 - before any fork
from treadle_worker.loading import loader  # noqa: F401 - before any fork
from treadle_worker.step import debug  # noqa: F401 - before any fork


def main() -> None:
    alive: dict[int, int] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            # Nobody writes to it: it is closed once the process was waited for.
            theirs, ours = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(ours)
                for fd in alive.values():
                    os.close(fd)
                work(alive_fd=theirs, **asked["start"])
            os.close(theirs)
            alive[pid] = ours
            answer = {"pid": pid}
        else:
            _, status = os.waitpid(asked["wait"], 0)
            os.close(alive.pop(asked["wait"]))
            answer = {"status": os.waitstatus_to_exitcode(status)}
        print(json.dumps(answer), flush=True)


def work(*, role: str, spec: dict[str, object], folder: str, output: str, alive_fd: int) -> None:
    """Become a worker process, as one that was executed is."""
    os.setsid()
    os.chdir(folder)
    if role == "load":
        report = os.open(str(spec["report"]), os.O_WRONLY)
        spec = {**spec, "report_fd": report, "alive_fd": alive_fd}
    else:
        os.close(alive_fd)
    fd = os.memfd_create("spec")
    os.write(fd, json.dumps(spec).encode())
    os.lseek(fd, 0, os.SEEK_SET)
    for target, path in ((0, os.devnull), (1, output), (2, output)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, target)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = [str(bootstrap.__file__)]
    os._exit(bootstrap.main(role, fd) or 0)


if __name__ == "__main__":
    main()
