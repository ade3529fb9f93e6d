"""A module that leaves a Python thread running: a process that imported it must not fork."""

import threading

from treadle import asset

LOCK = threading.Lock()


def hold():
    with LOCK:
        threading.Event().wait()


threading.Thread(target=hold, name="holder-of-the-lock", daemon=True).start()


@asset
def takes_no_lock(context):
    context.add_output_metadata({"threads": threading.active_count()})
    return 1
