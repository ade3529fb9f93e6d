"""Ops that look at, dirty, or end the process that they run in."""

import atexit
import ctypes
import os
import random
import signal
import sys
from pathlib import Path

import numpy

from treadle import asset

SEEN: list[str] = []
OPEN_FILES = []
DICE = random.Random()
RNG = numpy.random.default_rng()
SCRATCH = Path(os.environ.get("TREADLE_TEST_SCRATCH", "/nonexistent"))


def report(context, **facts):
    context.add_output_metadata({"pid": os.getpid(), "ppid": os.getppid(), **facts})


@asset
def dirties(context):
    SEEN.append("dirt")
    os.environ["TREADLE_TEST_DIRT"] = "dirt"
    report(context, seen=list(SEEN))


@asset(deps=[dirties])
def finds_clean(context):
    report(context, seen=list(SEEN), dirt=os.environ.get("TREADLE_TEST_DIRT", ""))


def drawn():
    return {
        "python": random.random(),
        "numpy": float(numpy.random.random()),
        "dice": DICE.random(),
        "rng": float(RNG.random()),
    }


@asset
def draws_first(context):
    report(context, **drawn())


@asset
def draws_second(context):
    report(context, **drawn())


@asset
def leaves_open(context):
    file = (SCRATCH / "left-open").open("w")
    file.write("flushed")
    OPEN_FILES.append(file)
    atexit.register((SCRATCH / "at-exit").write_text, "ran")
    report(context)


@asset
def exits(context):
    print("about to leave", file=sys.stderr, flush=True)
    os._exit(3)


@asset
def segfaults(context):
    ctypes.string_at(0)


@asset
def kills_itself(context):
    os.kill(os.getpid(), signal.SIGKILL)


@asset
def raises(context):
    try:
        {}["missing"]
    except KeyError as error:
        raise RuntimeError("the op gave up") from error


@asset
def calls_sys_exit(context):
    sys.exit(4)


@asset
def writes_from_c(context):
    libc = ctypes.CDLL(None)
    libc.puts(b"from C")
    libc.fflush(None)
    report(context)


@asset
def is_fine(context):
    report(context)
