"""A process like a host, that forks as often as it is told: the limit of a step.

`python forking.py FILE` imports what a host imports and the user's file, then reads lines of two numbers.
For each it forks so many children one after the other, each of which writes to so many pages that it
shares with its parent, writes its pid and ends; and prints the microseconds of a fork with reply and end, their
median, and those that a child has the processor, their mean.
"""

from __future__ import annotations

import gc
import mmap
import os
import resource
import runpy
import statistics
import sys
import time


def shared(pages: int) -> mmap.mmap | None:
    """Return memory of so many pages, each of which a child that writes to it gets a copy of."""
    if not pages:
        return None
    memory = mmap.mmap(-1, pages * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    touch(memory)
    return memory


def touch(memory: mmap.mmap) -> None:
    """Write to every page."""
    for place in range(0, len(memory), mmap.PAGESIZE):
        memory[place] = 1


def processor_time() -> float:
    """Return the microseconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e6


def forked(memory: mmap.mmap | None = None) -> float:
    """Fork once, wait for the child's reply and its end; return the microseconds."""
    read, write = os.pipe()
    began = time.perf_counter_ns()
    pid = os.fork()
    if pid == 0:
        if memory is not None:
            touch(memory)
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
        times, pages = map(int, line.split())
        memory = shared(pages)
        before = processor_time()
        median = statistics.median(forked(memory) for _ in range(times))
        print(median, (processor_time() - before) / times, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
