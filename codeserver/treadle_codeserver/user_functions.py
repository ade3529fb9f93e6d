"""Functions of the user's about partitions: asked in a process beside this one, their answers kept."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from typing import Final

from treadle.locations import canonical
from treadle.locations.canonical import Json
from treadle.partitions._questions import ConfigQuestion, MappingQuestion
from treadle_codeserver.load_progress import FrameError
from treadle_codeserver.loader_frames import FrameBuffer, parsed
from treadle_codeserver.loader_process import LoaderProcess, loader_process
from treadle_codeserver.targets import LoadCommand
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue
from treadle_planner import UserFunctionFailed

_KEPT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Config:
    config: UserValue


class UserFunctions:
    """Asks functions of the user's. It belongs to the event loop.

    An answer is kept as long as the code that gave it is served: `digest` names that.
    """

    def __init__(self, command: LoadCommand) -> None:
        self._command = command
        self._kept: OrderedDict[tuple[str, bytes], Json] = OrderedDict()
        # One after the other: who asks next may ask the same.
        self._asking = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def of(self, digest: str) -> AskedInThread:
        """Return what asks from a thread, while this loop goes on, for the code of a digest."""
        assert self._loop is not None, "a loop answers calls"
        return AskedInThread(self, digest, self._loop)

    def in_loop(self) -> None:
        """Take this thread's loop for the one that threads ask through."""
        self._loop = asyncio.get_running_loop()

    async def keys(self, digest: str, question: MappingQuestion) -> tuple[str, ...]:
        """Return the keys that a partition mapping gives.

        Raises:
            UserFunctionFailed: it raised, gave no keys, did not end in time, or the code on the disk is
                another than the one that is served.
        """
        keys = await self._answer(digest, question, "keys")
        assert isinstance(keys, list), "a list of keys is told"
        return tuple(map(str, keys))

    async def config(self, digest: str, question: ConfigQuestion) -> UserValue:
        """Return the config that a function makes of a partition.

        Raises:
            UserFunctionFailed: as `keys`.
        """
        config = await self._answer(digest, question, "config")
        value: UserValue = canonical.from_json(_Config, {"config": config}).config
        return value

    async def _answer(
        self, digest: str, question: MappingQuestion | ConfigQuestion, what: str
    ) -> Json:
        at = digest, canonical.encode(question)
        async with self._asking:
            if at not in self._kept:
                self._kept[at] = _told(await self._asked(digest, question), what)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(at)
            return self._kept[at]

    async def _asked(
        self, digest: str, question: MappingQuestion | ConfigQuestion
    ) -> dict[str, Json]:
        seconds = self._command.import_timeout
        try:
            async with asyncio.timeout(seconds):
                async with loader_process(self._command, [canonical.to_json(question)]) as process:
                    frame = await _frame(process)
        except TimeoutError:
            raise UserFunctionFailed(f"It did not end within {seconds:g} s.") from None
        except (OSError, FrameError) as error:
            raise UserFunctionFailed(f"The process that runs it failed: {error}.") from error
        if frame.get("digest") != digest:
            raise UserFunctionFailed(
                "The code on the disk is another than the code that is served: reload the location."
            )
        return frame


class AskedInThread:
    """Asks functions of the user's from a thread that plans, through the loop. See the planner's `UserFunctions`."""

    def __init__(
        self, functions: UserFunctions, digest: str, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._functions = functions
        self._digest = digest
        self._loop = loop

    def keys(self, question: MappingQuestion) -> tuple[str, ...]:
        """Return the keys that a partition mapping gives.

        Raises:
            UserFunctionFailed: it gave none.
        """
        asked = self._functions.keys(self._digest, question)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()

    def config(self, question: ConfigQuestion) -> UserValue:
        """Return the config that a function makes of a partition.

        Raises:
            UserFunctionFailed: it made none.
        """
        asked = self._functions.config(self._digest, question)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()


async def _frame(process: LoaderProcess) -> dict[str, Json]:
    frames = FrameBuffer()
    found: dict[str, Json] = {}
    async with contextlib.aclosing(process.reports()) as pieces:
        async for piece in pieces:
            for frame in frames.feed(piece):
                found |= parsed(frame)
    if "answers" in found:
        return found
    raise UserFunctionFailed(f"The code could not be imported. {process.how_it_ended}.")


def _told(frame: dict[str, Json], what: str) -> Json:
    answers = frame["answers"]
    answer = answers[0] if isinstance(answers, list) and answers else None
    if not isinstance(answer, dict) or what not in answer:
        problem = answer.get("problem") if isinstance(answer, dict) else None
        raise UserFunctionFailed(str(problem or "It gave no answer."))
    return answer[what]
