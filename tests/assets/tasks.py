"""Blocks whose steps share a process, and say which."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from treadle import (
    AssetKey,
    AssetOut,
    In,
    Nothing,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    graph_asset,
    graph_multi_asset,
    multi_asset,
    op,
)

SCRATCH = Path(os.environ.get("TREADLE_TEST_SCRATCH", "/nonexistent"))


def is_first(name: str) -> bool:
    """Tell whether nobody asked this before."""
    try:
        (SCRATCH / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@op
def makes(context):
    print("printed by makes", end="")
    context.log.warning("%s", os.getpid())
    # What no file could hold.
    return threading.Lock()


@op
def passes(context, lock):
    print("printed by passes")
    context.log.warning("%s", os.getpid())
    return {"lock": lock}


@op
def ends(context, held):
    context.log.warning("%s", os.getpid())
    return type(held["lock"]).__name__


@graph_asset(isolation="asset")
def hand_over():
    return ends(passes(makes()))


@op(retry_policy=RetryPolicy(max_retries=1))
def dies_once(context, lock):
    context.log.warning("%s", os.getpid())
    if is_first("died"):
        os.kill(os.getpid(), signal.SIGKILL)
    return {"lock": lock}


@graph_asset(isolation="asset")
def survives():
    return ends(dies_once(makes()))


@op
def raises():
    raise ValueError("as it should")


@op
def stands_alone(context):
    return 1


@op
def reads_both(left, right):
    return left + right


@graph_asset(isolation="asset")
def fails():
    return reads_both(raises(), stands_alone())


@op
def raises_on(number):
    raise ValueError(f"not {number}")


@graph_asset(isolation="asset")
def fails_late():
    return raises_on(stands_alone())


@op
def waits(lock):
    (SCRATCH / "began").touch()
    while not (SCRATCH / "release").exists():
        time.sleep(0.01)
    return {"lock": lock}


@graph_asset(isolation="asset")
def goes_on():
    return ends(waits(makes()))


@op(out={"left": Out(is_required=False), "right": Out()})
def leaves_out():
    yield Output(2, "right")


@op
def unfed(left):
    return left


@op(ins={"start": In(Nothing)})
def after(right):
    return right


@graph_asset(isolation="asset")
def lacks():
    left, right = leaves_out()
    return after(right, start=unfed(left))


@graph_asset(isolation="asset")
def stored_twice():
    lock = stands_alone()
    return reads_both(lock, lock)


@op(out=Out(checkpoint=True))
def costly(context):
    context.log.warning("%s", os.getpid())
    return 7


@graph_asset(isolation="asset")
def kept():
    return raises_on(costly())


@op
def counts_all(numbers):
    return len(numbers)


@graph_asset(isolation="asset")
def lacks_one():
    left, right = leaves_out()
    return counts_all([unfed(left), right])


@op(out={"left": Out(is_required=False), "right": Out(is_required=False), "lock": Out()})
def leaves_out_an_asset(context):
    context.log.warning("%s", os.getpid())
    yield Output(1, "right")
    yield Output(os.getpid(), "lock")


@op
def reads_lock(context, lock, of_right):
    return type(lock).__name__


@graph_multi_asset(
    isolation="asset",
    outs={
        "left": AssetOut(is_required=False),
        "right": AssetOut(is_required=False),
        "passed": AssetOut(),
    },
)
def narrows(of_right):
    left, right, lock = leaves_out_an_asset()
    return {"left": left, "right": right, "passed": reads_lock(lock, of_right)}


@multi_asset(
    outs={"of_left": AssetOut(is_required=False), "of_right": AssetOut(is_required=False)},
    can_subset=True,
    internal_asset_deps={"of_left": {AssetKey("left")}, "of_right": {AssetKey("right")}},
)
def of_both(context, left, right):
    for name in sorted(context.selected_output_names):
        yield Output(1, name)


@op(ins={"after": In(Nothing)})
def effect(context):
    context.log.warning("%s", os.getpid())


@op(ins={"after": In(Nothing)})
def fails_after(lock):
    raise ValueError("as it should")


@graph_asset(isolation="asset")
def ordered():
    lock = makes()
    return fails_after(lock, after=effect(after=lock))


@op(out={"table": Out(), "rest": Out()})
def splits(context):
    context.log.warning("%s", os.getpid())
    return {"version": os.getpid()}, 1


@op(retry_policy=RetryPolicy(max_retries=1))
def fails_once(rest):
    if is_first("failed"):
        raise ValueError("once")
    return rest


@graph_multi_asset(isolation="asset", outs={"table": AssetOut(), "total": AssetOut()})
def stores_one():
    table, rest = splits()
    return {"table": table, "total": fails_once(rest)}


@op
def closes_all(context):
    # As what makes daemons does: the descriptor is gone on which its process reports.
    os.closerange(3, 10_000)
    return 1


@graph_asset(isolation="asset")
def closes():
    return reads_both(closes_all(), stands_alone())


@op(retry_policy=RetryPolicy(max_retries=2))
def raises_once(context, lock):
    print(f"attempt {context.retry_number}")
    context.log.warning("%s", os.getpid())
    if is_first("raised"):
        raise ValueError("once")
    return {"lock": lock}


@graph_asset(isolation="asset")
def tried_again():
    return ends(raises_once(makes()))


@op
def starts_server(context):
    return subprocess.Popen(["sleep", "600"])


@op(retry_policy=RetryPolicy(max_retries=1))
def leaves_daemon(server):
    if is_first("left"):
        # It goes into a session of its own, and is nobody's child any more.
        script = 'setsid sleep 600 & echo $! > "$0"'
        subprocess.run(["sh", "-c", script, SCRATCH / "daemon"], check=True)
        raise ValueError("once")
    left = Path(f"/proc/{(SCRATCH / 'daemon').read_text().strip()}/stat")
    is_gone = not left.exists() or left.read_text().rpartition(") ")[2][0] == "Z"
    return {"daemon is gone": is_gone, "server lives": server.poll() is None}


@op
def ends_server(said, server):
    server.kill()
    server.wait()
    return said


@graph_asset(isolation="asset")
def tidied():
    server = starts_server()
    return ends_server(leaves_daemon(server), server)


@op(retry_policy=RetryPolicy(max_retries=1, delay=0.05))
def raises_once_and_waits(context, lock):
    context.log.warning("%s", os.getpid())
    if is_first("waited"):
        raise ValueError("once")
    return {"lock": lock}


@graph_asset(isolation="asset")
def tried_later():
    return ends(raises_once_and_waits(makes()))


@op
def asks_once(context, lock):
    context.log.warning("%s", os.getpid())
    if is_first("asked"):
        raise RetryRequested(max_retries=1)
    return {"lock": lock}


@graph_asset(isolation="asset")
def asked_again():
    return ends(asks_once(makes()))


@op(retry_policy=RetryPolicy(max_retries=2))
def never_ends_well(lock):
    raise ValueError("each time")


@graph_asset(isolation="asset")
def fails_each_time():
    return ends(never_ends_well(makes()))
