"""The loader as a child process: started by exec, heard to its end, and never left alive."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from treadle.locations.canonical import Json
from treadle_codeserver import defaults
from treadle_codeserver.orphans import end_descendants, exited
from treadle_codeserver.pipes import reading
from treadle_codeserver.targets import LoadCommand
from treadle_contract import json_codec

#: What a Python answers that does not know the first option it is started with.
_TOO_OLD = "Unknown option: -P"
#: Each of our descendants is the loader's: what one left is ended with it.
_ONE_AT_A_TIME = asyncio.Lock()


class LoaderProcess:
    """A running loader. Made by `loader_process` only."""

    def __init__(self, child: subprocess.Popen[bytes], report_fd: int, output_fd: int) -> None:
        self._child = child
        self._report_fd = report_fd
        self._output_fd = output_fd
        self._output = bytearray()

    @property
    def output(self) -> str:
        """The end of what the loader and its children wrote to stdout and stderr."""
        return self._output.decode("utf-8", "replace")

    @property
    def how_it_ended(self) -> str:
        """How the loader ended, for a person."""
        status = self._child.poll()
        if status is None:
            return "The interpreter was killed"
        if status < 0:
            return f"The interpreter ended by {_signal_name(-status)}"
        if _TOO_OLD in self.output:
            return (
                "The interpreter is older than Python 3.11, which user code needs at least: name"
                f" a newer one with --python. It exited with status {status}"
            )
        return f"The interpreter exited with status {status}"

    async def reports(self) -> AsyncGenerator[bytes, None]:
        """Give what the loader reports, piece by piece, until the loader has ended."""
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        with (
            reading(self._report_fd, pieces.put_nowait) as report,
            reading(self._output_fd, self._take_output) as output,
        ):
            ending = asyncio.create_task(exited(self._child.pid))
            ending.add_done_callback(lambda _: pieces.put_nowait(None))
            try:
                while (piece := await pieces.get()) is not None:
                    yield piece
                # Its last words are in the pipes, whose ends a child of its may still hold.
                report.drain()
                output.drain()
                while piece := _next(pieces):
                    yield piece
            finally:
                ending.cancel()

    async def abort(self) -> None:
        """Tell a hung loader to write where it hangs, and to end; wait a grace for it."""
        with reading(self._output_fd, self._take_output) as output:
            self._child.send_signal(signal.SIGABRT)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(defaults.ABORT_GRACE_S):
                    await exited(self._child.pid)
            output.drain()

    def _take_output(self, data: bytes) -> None:
        self._output += data
        del self._output[: -defaults.OUTPUT_BYTES]


@contextlib.asynccontextmanager
async def loader_process(
    command: LoadCommand, questions: Sequence[Json] = ()
) -> AsyncIterator[LoaderProcess]:
    """Start a loader; after the block no process of it is left. With questions, it answers these alone.

    The loader holds the read end of a pipe whose other end only this process has: when this
    process is killed, the kernel kills the loader.

    Raises:
        OSError: the interpreter or the working directory cannot be used.
    """
    async with _ONE_AT_A_TIME, _started(command, questions) as process:
        yield process


@contextlib.asynccontextmanager
async def _started(command: LoadCommand, questions: Sequence[Json]) -> AsyncIterator[LoaderProcess]:
    with contextlib.ExitStack() as ours:
        with contextlib.ExitStack() as childs:
            report_fd, report_end = _pipe(reader=ours, writer=childs)
            output_fd, output_end = _pipe(reader=ours, writer=childs)
            alive_fd, _ = _pipe(reader=childs, writer=ours)
            spec_fd = os.memfd_create("treadle-load-spec")
            childs.callback(os.close, spec_fd)
            os.write(spec_fd, _spec(command, questions, report_fd=report_end, alive_fd=alive_fd))
            os.lseek(spec_fd, 0, os.SEEK_SET)
            # Not asyncio's: its way of waiting for the end is a thread for each child.
            child = subprocess.Popen(  # noqa: ASYNC220 - returns once the exec has succeeded
                [command.interpreter, "-P", _bootstrap(), "load", str(spec_fd)],
                stdin=subprocess.DEVNULL,
                stdout=output_end,
                stderr=output_end,
                cwd=command.working_directory,
                pass_fds=(spec_fd, report_end, alive_fd),
                start_new_session=True,
            )
        try:
            yield LoaderProcess(child, report_fd, output_fd)
        finally:
            child.poll()
            await end_descendants()
            child.wait()


def _pipe(*, reader: contextlib.ExitStack, writer: contextlib.ExitStack) -> tuple[int, int]:
    """Open a pipe whose ends are closed with the two stacks."""
    read_end, write_end = os.pipe()
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end


def _spec(
    command: LoadCommand, questions: Sequence[Json], *, report_fd: int, alive_fd: int
) -> bytes:
    spec = {
        "targets": [json_codec.encode(target) for target in command.targets],
        "working_directory": str(command.working_directory),
        "report_fd": report_fd,
        "alive_fd": alive_fd,
        **({"questions": list(questions)} if questions else {}),
    }
    return json.dumps(spec).encode()


def _bootstrap() -> Path:
    """Find the worker's entry without importing the worker."""
    spec = find_spec("treadle_worker")
    assert spec is not None, "it is of our own distribution"
    assert spec.origin is not None, "it is a package with a file"
    return Path(spec.origin).with_name("bootstrap.py")


def _next(pieces: asyncio.Queue[bytes | None]) -> bytes | None:
    return None if pieces.empty() else pieces.get_nowait()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
