"""What keeps a process that an op forked from going on as if it were the op's own."""

from __future__ import annotations

import contextlib
import sys

from treadle._system import os

# As of a process that an exception ended: it did what it must not.
_STATUS = 1


def end_if_forked(pid: int, step_key: str) -> None:
    """End this process at once, and say why on stderr, unless it is the one with that id.

    What a fork returns is not what the op returns: it would be stored in the op's place.
    """
    if os.getpid() == pid:
        return
    words = (
        f"Treadle: process {os.getpid()}, which {step_key} forked, came to the end of the op. It "
        "is ended here: nothing of it is stored or reported, and no atexit handler runs. End it "
        "with os._exit in the op, or start it with multiprocessing or subprocess."
    )
    # Either may be closed, or be anything else by now.
    with contextlib.suppress(Exception):
        print(words, file=sys.stderr, flush=True)
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    os._exit(_STATUS)
