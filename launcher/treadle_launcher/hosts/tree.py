"""The proof that nothing of a host is left, also where its guard was killed before it gave that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from treadle_launcher.processes import ProcessId, exited, kill, session_of

_LOOK_SECONDS = 0.01

_OWN_END_SECONDS = 5.0
"""How long a host without a guard may take to end what it runs."""


async def cgroup_gone(cgroup: Path | None) -> None:
    """Kill what is left in the cgroup that was a host's alone, and remove it when it is empty."""
    if cgroup is None or not cgroup.exists():
        return
    with suppress(OSError):
        (cgroup / "cgroup.kill").write_text("1")
        # The kernel tells of the end by poll, of which asyncio has no kind that fits.
        while "populated 1" in (cgroup / "cgroup.events").read_text():
            await asyncio.sleep(_LOOK_SECONDS)
        cgroup.rmdir()


async def all_gone(tree: Sequence[ProcessId], *, watched: bool) -> None:
    """Return when a host and its steps are gone, and kill what does not go by itself.

    `tree` is the host and the steps that it had recorded. `watched`: it lived just now, so
    that no session of its steps can be anybody else's.
    """
    if not tree:
        return
    host, *steps = tree
    try:
        async with asyncio.timeout(_OWN_END_SECONDS):
            await exited(host)
    except TimeoutError:
        kill(host)
        await exited(host)
    for step in steps:
        while left := session_of(step) if watched else ():
            for process in left:
                kill(process)
            for process in left:
                await exited(process)
        kill(step)
        await exited(step)
