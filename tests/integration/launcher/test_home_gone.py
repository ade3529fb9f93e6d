"""A home that is moved below a running launcher: nothing succeeds into nothing, and everybody is told."""

from __future__ import annotations

import shutil
from pathlib import Path

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


def home_moved(home: Path) -> None:
    home.rename(home.with_name("moved"))


def values_removed(home: Path) -> None:
    shutil.rmtree(home / "values")


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (home_moved, "was removed or moved while its launcher ran"),
        # The step makes the folder anew, and stores its value.
        (values_removed, "values while its launcher ran"),
    ],
)
def test_who_watches_is_told_that_the_home_is_gone_and_the_launcher_leaves(services, happens, said):
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

    happens(services.home)
    release.touch()

    with pytest.raises(grpc.RpcError) as told:
        list(watched)
    assert said in str(told.value.details())
    status, written = launcher.wait()
    assert status == 1
    assert said in written
