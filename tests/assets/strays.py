"""Steps that start a process which shares with them neither parent, session nor environment."""

import os
import signal
import time

from treadle import AssetOut, Output, StepInterrupted, asset, multi_asset


def start_stray(context):
    """Start one that ignores TERM, holds no descriptor of ours, and says nothing of itself."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(writer, str(os.getpid()).encode())
            os.closerange(0, 1024)
            script = "trap '' TERM; while :; do sleep 600; done"
            os.execve("/bin/sh", ["sh", "-c", script], {})
        os._exit(0)
    os.wait()
    context.log.warning(os.read(reader, 32).decode())


@asset
def endless(context):
    start_stray(context)
    while True:
        signal.pause()


@asset
def deaf(context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    start_stray(context)
    while True:
        signal.pause()


@multi_asset(outs={"first": AssetOut(), "second": AssetOut()})
def makes_both_when_told_to_end(context):
    yield Output("made before", "first")
    start_stray(context)
    try:
        while True:
            signal.pause()
    except StepInterrupted:
        yield Output("made since", "second")


@asset
def hopping(context):
    """Start a process that is another one every few milliseconds, each in a session of its own."""
    context.log.warning(str(os.getpid()))
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            if os.fork() != 0:
                os._exit(0)
            os.setsid()
            time.sleep(0.002)
    while True:
        signal.pause()


@asset
def short(context):
    context.log.warning(str(os.getpid()))
