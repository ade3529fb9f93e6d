"""The proof that nothing of a host is left, also where its guard was killed before it gave that."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from treadle_launcher.hosts.processes import exited
from treadle_launcher.hosts.tag_search import Search

_LOOK_SECONDS = 0.01

_TRY_AGAIN_SECONDS = 0.2

_EMPTY_READINGS = 2
"""So many in a row: the second also finds what came while the numbers of processes began anew."""


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


async def all_gone(tag: int) -> None:
    """Kill every process that carries the tag of a host, and return when there is none."""
    search, empty = Search(tag), 0
    while empty < _EMPTY_READINGS:
        try:
            reading = await asyncio.to_thread(search.read)
            for process in reading.killed:
                await exited(process)
        except OSError:
            # There is no descriptor to look with; an attempt that may still run has not ended.
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
            continue
        empty = empty + 1 if reading.is_empty else 0
