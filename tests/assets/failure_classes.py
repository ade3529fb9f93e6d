"""One asset for each way in which an attempt can fail."""

import ctypes
import os
import resource
import signal
import sys
import time

from treadle import Limits, asset

MIB = 1024 * 1024
# `make chaos` asks for a million.
LINES = int(os.environ.get("TREADLE_LOG_LINES", "200000"))


@asset
def user_error():
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("no such thing") from error


@asset(timeout=1)
def timeout_in_python():
    while True:
        pass


@asset(timeout=1)
def timeout_in_c():
    # PyDLL holds the interpreter's lock: no handler and no thread of Python's can run.
    while True:
        ctypes.PyDLL(None).pause()


@asset(timeout=1)
def timeout_deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.pause()


@asset
def exits():
    print("last words", file=sys.stderr)
    os._exit(7)


@asset
def crashes():
    ctypes.string_at(0)


@asset
def killed():
    os.kill(os.getpid(), signal.SIGKILL)


@asset(limits=Limits(memory=512 * MIB))
def out_of_memory():
    return [bytearray(MIB) for _ in range(4096)]


@asset(limits=Limits(open_files=32))
def out_of_files():
    return [open(__file__) for _ in range(64)]


@asset(limits=Limits(cpu_seconds=1))
def out_of_cpu():
    while True:
        pass


@asset(limits=Limits(open_files=2**31 - 1))
def impossible_limit():
    pass


@asset(limits=Limits(niceness=4, open_files=200))
def modest():
    return os.nice(0), resource.getrlimit(resource.RLIMIT_NOFILE)[0], time.process_time() > 0


@asset
def talkative(context):
    for number in range(LINES):
        context.log.info("line %06d", number)
        if number == LINES - 1:
            os.kill(os.getpid(), signal.SIGKILL)


@asset
def verbose_error():
    raise ValueError("x" * 10_000_000 + "the end")
