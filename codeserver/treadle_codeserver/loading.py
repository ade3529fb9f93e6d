"""Loading: one loader from its start to its end, within the import timeout of each target."""

from __future__ import annotations

import asyncio
import contextlib

from treadle_codeserver.load_progress import FrameError, LoadOutcome, LoadProgress
from treadle_codeserver.loader_frames import FrameBuffer, parsed
from treadle_codeserver.loader_process import LoaderProcess, loader_process
from treadle_codeserver.targets import LoadCommand, named


async def load(command: LoadCommand) -> LoadOutcome:
    """Load the targets in a new child process and say how it went; never raises for their sake.

    When this returns, or is cancelled, no process of the load is left.
    """
    progress = LoadProgress([named(target) for target in command.targets])
    try:
        async with loader_process(command) as process:
            return await _heard(process, progress, command.import_timeout)
    except OSError as error:
        return progress.exited(how=f"The interpreter could not be started: {error}", output="")


async def _heard(
    process: LoaderProcess, progress: LoadProgress, import_timeout: float
) -> LoadOutcome:
    """Follow the loader. Each of its frames starts the timeout anew: it is one target's.

    The interpreter's start and the joining of the definitions get the same time.
    """
    loop = asyncio.get_running_loop()
    frames = FrameBuffer()
    try:
        async with asyncio.timeout(import_timeout) as deadline:
            async with contextlib.aclosing(process.reports()) as pieces:
                async for piece in pieces:
                    for frame in frames.feed(piece):
                        # What we take to read it is no time of the target's.
                        deadline.reschedule(None)
                        await asyncio.to_thread(_take, progress, frame)
                        deadline.reschedule(loop.time() + import_timeout)
    except TimeoutError:
        if not progress.is_complete:
            await process.abort()
            return progress.hung(seconds=import_timeout, output=process.output)
    except FrameError as error:
        how = f"The loader broke its protocol ({error})"
        return progress.exited(how=how, output=process.output)
    if progress.is_complete:
        return progress.outcome()
    return progress.exited(how=process.how_it_ended, output=process.output)


def _take(progress: LoadProgress, frame: bytes) -> None:
    """Take a frame; in a thread, because a large snapshot would keep callers waiting."""
    progress.take(parsed(frame))
