"""A process like a host, that forks as often as it is told: the limit of a step.

`python forking.py FILE` imports what a host imports and the user's file, then reads numbers. For
each it forks so many children one after the other, each of which writes its pid and ends, and
prints the median microseconds of a fork with reply and end.
"""

from __future__ import annotations

import gc
import os
import runpy
import statistics
import sys
import time


def forked() -> float:
    """Fork once, wait for the child's reply and its end; return the microseconds."""
    read, write = os.pipe()
    began = time.perf_counter_ns()
    pid = os.fork()
    if pid == 0:
        os.write(write, str(os.getpid()).encode())
        os._exit(0)
    assert int(os.read(read, 20)) == pid
    os.waitpid(pid, 0)
    took = (time.perf_counter_ns() - began) / 1e3
    os.close(read)
    os.close(write)
    return took


def main(file: str) -> None:
    """Serve numbers on standard input until it ends."""
    import treadle_worker.host.host  # noqa: F401, PLC0415 -- what a host has loaded

    held = runpy.run_path(file)
    gc.collect()
    gc.freeze()
    print(len(held), flush=True)
    for line in sys.stdin:
        print(statistics.median(forked() for _ in range(int(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
