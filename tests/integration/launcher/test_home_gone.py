"""A home that is moved below a running launcher: nothing succeeds into nothing, and everybody is told."""

from __future__ import annotations

import grpc
import pytest

WAITS = """
import time
from pathlib import Path
from treadle import asset


@asset
def waits():
    while not Path({release!r}).exists():
        time.sleep(0.01)
    return 1
"""


def test_who_watches_or_launches_is_told_that_the_home_was_moved_and_the_launcher_leaves(services):
    release = services.folder / "release"
    code = services.code_server(services.module("w", WAITS.format(release=str(release))), "code")
    flags = ("--location", code.address, "--term-grace", "0.2")
    launcher = services.launcher(*flags, ephemeral=True)
    caller = services.caller(launcher.address)
    run_id = caller.launch("waits")
    watched = caller.WatchRun(run_id=run_id)
    for response in watched:
        if any(event.HasField("step_started") for event in response.events):
            break

    services.home.rename(services.folder / "moved")
    release.touch()

    with pytest.raises(grpc.RpcError) as told:
        list(watched)
    assert "was removed or moved while its launcher ran" in str(told.value.details())
    status, written = launcher.wait()
    assert status == 1
    assert "was removed or moved while its launcher ran" in written
