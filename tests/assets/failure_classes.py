"""One asset for each way in which an attempt can fail."""

import asyncio
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

from treadle import Limits, MetadataValue, Output, asset

MIB = 1024 * 1024
# `make chaos` asks for a million.
LINES = int(os.environ.get("TREADLE_LOG_LINES", "60000"))


@asset
def user_error():
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("no such thing") from error


@asset(timeout=1)
def timeout_in_python():
    while True:
        time.sleep(0.01)


@asset(timeout=1)
def timeout_in_c():
    # PyDLL holds the interpreter's lock: no handler and no thread of Python's can run.
    while True:
        ctypes.PyDLL(None).pause()


@asset(timeout=4)  # Enough for a spawned step to be deaf by then.
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


@asset(limits=Limits(cpu_seconds=1))
def killed_after_its_children():
    # More than the limit together, which is none of each and of this one.
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    for _ in range(3):
        subprocess.run([sys.executable, "-c", burn], check=True)
    os.kill(os.getpid(), signal.SIGKILL)


@asset(limits=Limits(cpu_seconds=3600))
def told_of_cpu():
    os.kill(os.getpid(), signal.SIGXCPU)


@asset(limits=Limits(memory=512 * MIB))
def out_of_memory_in_a_task():
    async def fill():
        return [bytearray(MIB) for _ in range(4096)]

    async def main():
        async with asyncio.TaskGroup() as group:
            group.create_task(fill())

    asyncio.run(main())


@asset(limits=Limits(memory=8 * 1024 * MIB))
def says_memory():
    raise MemoryError("I say so")


@asset
def polls():
    last = None
    for number in range(1500):
        try:
            if last is not None:
                raise last
            raise ConnectionError("first")
        except ConnectionError:
            try:
                raise ConnectionError(f"try {number}")
            except ConnectionError as error:
                last = error
    raise last


@asset
def warns_and_raises():
    print("a warning", file=sys.stderr)
    raise ValueError("no")


@asset
def says_too_much():
    return Output(1, metadata={"text": MetadataValue.text("x" * 8_000_000)})


@asset
def forks():
    if os.fork() == 0:
        return "of the child"
    os.wait()
    return "of the op"


class Evil(Exception):
    @property
    def __cause__(self):
        raise RuntimeError("no cause")

    __traceback__ = __cause__


@asset
def evil():
    raise Evil("words")


@asset
def named_without_end():
    raise type("E" * 6_000_000, (Exception,), {})("words")


@asset
def waits(context):
    print("last words", file=sys.stderr)
    context.log.warning("waiting")
    while True:
        signal.pause()
