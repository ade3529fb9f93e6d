"""Running a step again by hand: this process becomes the user's interpreter, in a debugger."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from treadle_client._errors import StartError
from treadle_client.services._local import Code


def become_debugger(code: Code, task: str, values: Path, *, stop_at: str) -> NoReturn:
    """Turn this process into the step, in the foreground: its signals and its terminal stay.

    `task` is what a launcher gives of an attempt; `stop_at` is "exception" or "start".

    Raises:
        StartError: the interpreter or a file does not exist.
    """
    interpreter = shutil.which(code.python or sys.executable)
    if interpreter is None:
        raise StartError(f"There is no program {code.python}.", usage=True)
    code.arguments()  # Says what does not exist.
    spec = {
        "targets": [
            *({"file": str(file.absolute())} for file in code.files),
            *({"module": module} for module in code.modules),
        ],
        "workingDirectory": str((code.working_directory or Path()).absolute()),
        "valuesRoot": str(values),
        "stopAt": stop_at,
        "task": json.loads(task),
    }
    # No file that somebody would have to remove, and no pipe that somebody would have to fill.
    fd = os.memfd_create("treadle-debug", 0)
    with os.fdopen(os.dup(fd), "wb") as stream:
        stream.write(json.dumps(spec).encode())
    os.lseek(fd, 0, os.SEEK_SET)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(interpreter, [interpreter, "-P", str(_bootstrap_file()), "debug", str(fd)])


def _bootstrap_file() -> Path:
    """Return the file that starts a worker process; nothing of the worker is imported."""
    spec = importlib.util.find_spec("treadle_worker")
    assert spec is not None, "treadle_worker is installed with this package"
    assert spec.origin is not None, "treadle_worker is a package of files"
    return Path(spec.origin).with_name("bootstrap.py")
