"""What goes on beside the runs: the values that nothing needs go, the links for people move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from treadle_launcher.engine.running import EngineParts
from treadle_launcher.home.record import MarkKeeper
from treadle_launcher.serving.arguments import Settings
from treadle_launcher.values.links import CurrentLinks
from treadle_launcher.values.sweeping import Sweeper
from treadle_launcher.values.value_files import ValueFiles


@asynccontextmanager
async def housekeeping(parts: EngineParts, settings: Settings) -> AsyncIterator[Sweeper]:
    """Keep the home in order for the length of the block; runs wait for nothing of it."""
    files = ValueFiles(parts.home.values)
    sweeper = Sweeper(
        files,
        parts.store,
        parts.clock,
        settings.keep_intermediates,
        keep_versions=settings.keep_versions,
        forget=settings.forget_values,
    )
    marks = MarkKeeper(parts.home, settings.durability)
    links = CurrentLinks(files, parts.store)
    parts.watchers.also_tell(links.told)
    parts.watchers.also_tell(sweeper.told)
    parts.watchers.also_tell(marks.told)
    work = asyncio.gather(links.work(), sweeper.work(), marks.work())
    try:
        yield sweeper
    finally:
        sweeper.close()
        links.close()
        marks.close()
        await work
