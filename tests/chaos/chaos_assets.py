"""What the chaos runs: assets whose ops say on disk, beside all of Treadle's records, that they ran."""

import contextlib
import ctypes
import os
import random
import signal
import time
from pathlib import Path

from treadle import (
    AssetsDefinition,
    DynamicOut,
    DynamicOutput,
    In,
    Limits,
    Nothing,
    Out,
    RetryPolicy,
    asset,
    graph_asset,
    op,
)

SCRATCH = Path(os.environ.get("CHAOS_SCRATCH", "/nonexistent"))
STRAYS = bool(os.environ.get("CHAOS_STRAYS"))
LONGEST_MS = int(os.environ.get("CHAOS_OP_MS", "20"))
WIDTH = 6
RAISES = 0.15
"""How often an op raises that is tried again for that."""


def note(word, context):
    """Append a line in one write: what processes append at once does not mix."""
    line = f"{word} {context.run_id} {context.step_key} {os.getpid()}\n"
    fd = os.open(SCRATCH / "effects", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(fd, line.encode())
    finally:
        os.close(fd)


def made(context, number):
    """Return a value that shows when it is torn, after a while."""
    if STRAYS:
        go_away(context)
    note("began", context)
    time.sleep(random.uniform(0.2, 1.0) * LONGEST_MS / 1000)
    number %= 1_000_003
    value = (number, bytes([number % 251]) * 50_000)
    note("ended", context)
    return value


def made_in_the_end(context, number):
    """Return such a value, unless it is to be made once more."""
    value = made(context, number)
    if random.random() < RAISES:
        raise ValueError("once more")
    return value


def go_away(context):
    """Leave a process behind that nothing leads to; say if that of an earlier attempt is there."""
    name = f"stray-{os.environ['TREADLE_CHAOS']}-{context.run_id}-{context.step_key}"
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and (folder / "cmdline").read_bytes().startswith(
                name.encode() + b"\0"
            ):
                note("beside", context)
    detach(name)
    os.wait()


def did(context):
    """Do something that leaves no value: who looks for it finds it on the disk alone."""
    note("began", context)
    time.sleep(random.uniform(0.2, 1.0) * LONGEST_MS / 1000)
    note("ended", context)


def number_of(value):
    number, padding = value
    assert padding == bytes([number % 251]) * 50_000
    return number


def ops(policy, made=made):
    @op(retry_policy=policy)
    def first(context):
        return made(context, 7)

    @op(retry_policy=policy)
    def twist(context, one):
        return made(context, number_of(one) * 31 + len(context.step_key) * 17)

    @op(retry_policy=policy)
    def join(context, one, two):
        return made(context, number_of(one) * 3 + number_of(two) * 5)

    @op(retry_policy=policy)
    def total(context, all_of_them):
        return made(context, sum(i * number_of(one) for i, one in enumerate(all_of_them, 1)))

    return first, twist, join, total


def twenty(first, twist, join, total):
    """Wire twenty ops: one, three rows of six that read across, one."""
    begin = first()
    row = [twist.alias(f"a{i}" + "x" * i)(begin) for i in range(WIDTH)]
    row = [join.alias(f"b{i}")(row[i], row[(i + 1) % WIDTH]) for i in range(WIDTH)]
    row = [twist.alias(f"c{i}" + "x" * i)(row[i]) for i in range(WIDTH)]
    return total(row)


def effects():
    @op(out=Out(Nothing))
    def first(context):
        did(context)

    @op(ins={"one": In(Nothing)}, out=Out(Nothing))
    def twist(context):
        did(context)

    @op(ins={"one": In(Nothing), "two": In(Nothing)}, out=Out(Nothing))
    def join(context):
        did(context)

    @op(ins={"all_of_them": In(Nothing)})
    def total(context):
        return made(context, 7)

    return first, twist, join, total


PLAIN = ops(None)
CHARGES = effects()
STURDY = ops(RetryPolicy(max_retries=30, on={"lost", "signal"}))
SHARING = ops(RetryPolicy(max_retries=30, on={"lost", "signal", "user_error"}), made_in_the_end)


@graph_asset
def plain():
    """Twenty ops that are not tried again when what ran them is killed."""
    return twenty(*PLAIN)


@graph_asset
def sturdy():
    """Twenty ops that are, however often."""
    return twenty(*STURDY)


@op(out=DynamicOut(), retry_policy=RetryPolicy(max_retries=30, on={"lost", "signal"}))
def fan(context):
    begin = number_of(made(context, 7))
    for number in range(begin, begin + WIDTH):
        yield DynamicOutput((number, bytes([number % 251]) * 50_000), mapping_key=f"k{number}")


@graph_asset
def fanned():
    """Twenty ops that are tried again: one fans out, three are mapped over its six elements, one collects."""
    _, twist, _, total = STURDY
    row = fan()
    for name in ("a", "b", "c"):
        row = row.map(twist.alias(name))
    return total(row.collect())


@graph_asset(isolation="asset")
def in_one():
    """The same as `plain`, in one process."""
    return twenty(*PLAIN)


@graph_asset(isolation="asset")
def sharing():
    """Twenty ops in one process, which raise now and then, and are tried again whatever happens."""
    return twenty(*SHARING)


@graph_asset
def charges():
    """Twenty ops, nineteen of which leave nothing but what they did."""
    return twenty(*CHARGES)


@asset
def asked():
    """Be asked for while nobody can be answered."""
    return 1


@asset
def below(plain):
    return number_of(plain)


def detach(name):
    """Start a process that no parent, session, environment or TERM leads to or ends."""
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.closerange(3, 64)
    os.execve("/bin/sleep", [name, "300"], {})


@asset
def clings(context):
    """Be hard to end: a child, a grandchild that went away, and a handler that goes on."""
    name = f"chaos-{context.run_id}"
    Path("/proc/self/comm").write_text(context.run_id[-15:])
    note("began", context)
    detach(name)
    os.wait()
    if random.random() < 0.5:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.execve("/bin/sleep", [name, "300"], {})
    while True:
        time.sleep(60)


def calm(number):
    @asset(name=f"calm_{number}")
    def stays():
        time.sleep(LONGEST_MS / 1000)
        return number

    return stays


CALM = [calm(number) for number in range(17)]


@asset
def segfaults():
    """End as C code does that reads where nothing is."""
    ctypes.string_at(0)


@asset
def devours():
    """Take memory until there is none."""
    eaten = []
    while True:
        eaten.append(b"x" * 2**24)


@op(name="eats", limits=Limits(memory=300 * 2**20))
def eat():
    """Take memory until the limit is met."""
    eaten = []
    while True:
        eaten.append(b"x" * 2**24)


eats = AssetsDefinition.from_op(eat)


@asset
def floods():
    """Write a hundred megabytes, more than is kept."""
    line = b"x" * 1023 + b"\n"
    for _ in range(100):
        os.write(1, line * 1024)
