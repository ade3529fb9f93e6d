"""Following what one attempt writes: every byte once, over any number of connections."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from treadle_client._errors import UnreachableError
from treadle_client._messages import LogChunk, LogStream
from treadle_client._requests import LogRequest, Stream
from treadle_client.calls._absence import Absence
from treadle_client.calls._rpc import LauncherRpc
from treadle_contract.lazy_dataclasses import replace

_Calls: TypeAlias = Mapping[LogStream, Stream[LogChunk]]


class LogFollow:
    """One reader of what one attempt writes to one stream, or to several as it comes.

    `patience` is how long, in seconds, a launcher may be gone before the reader gives up.
    """

    def __init__(
        self,
        rpc: LauncherRpc,
        request: LogRequest,
        streams: tuple[LogStream, ...],
        *,
        patience: float,
    ) -> None:
        self._rpc = rpc
        self._request = request
        self._absence = Absence(rpc, patience=patience)
        #: The next byte of each stream that has not ended.
        self._reached = dict.fromkeys(streams, request.offset)

    def chunks(self) -> Iterator[LogChunk]:
        """Yield what comes until the attempt has ended.

        Raises:
            UnreachableError: the launcher is gone for longer than `patience`.
        """
        while True:
            try:
                self._absence.connecting()
                self._fix_attempt()
                yield from self._read()
            except UnreachableError as error:
                lost = error
            else:
                return
            self._absence.wait(lost)

    def _fix_attempt(self) -> None:
        """Name the attempt: after a launcher's restart, the last one may be another."""
        if not self._request.attempt:
            steps = self._rpc.list_run_steps(self._request.run_id)
            found = (step.attempts for step in steps if step.key == self._request.step_key)
            self._request = replace(self._request, attempt=max(next(found, 0), 1))

    def _read(self) -> Iterator[LogChunk]:
        calls = {
            stream: self._rpc.read_logs(replace(self._request, stream=stream, offset=offset))
            for stream, offset in self._reached.items()
        }
        try:
            for stream, chunk in _merged(calls):
                if chunk is None:
                    del self._reached[stream]
                    continue
                self._reached[stream] = chunk.end
                self._absence.is_over()
                yield chunk
        finally:
            for call in calls.values():
                call.cancel()


def _merged(calls: _Calls) -> Iterator[tuple[LogStream, LogChunk | None]]:
    """Yield chunks as they arrive, of whichever stream; None: that stream has ended."""
    if len(calls) > 1:
        yield from _read_at_once(calls)
        return
    for stream, call in calls.items():
        for chunk in call:
            yield stream, chunk
        yield stream, None


def _read_at_once(calls: _Calls) -> Iterator[tuple[LogStream, LogChunk | None]]:
    """Read each by a thread of its own. One that breaks ends all."""
    arrived: queue.SimpleQueue[tuple[LogStream, LogChunk | Exception | None]]
    arrived = queue.SimpleQueue()

    def read(stream: LogStream, call: Stream[LogChunk]) -> None:
        try:
            for chunk in call:
                arrived.put((stream, chunk))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other thread waits for it
            arrived.put((stream, error))
        else:
            arrived.put((stream, None))

    readers = [threading.Thread(target=read, args=each, daemon=True) for each in calls.items()]
    for reader in readers:
        reader.start()
    try:
        unfinished = len(readers)
        while unfinished:
            stream, what = arrived.get()
            if isinstance(what, Exception):
                raise what
            unfinished -= what is None
            yield stream, what
    finally:
        for call in calls.values():
            call.cancel()
        for reader in readers:
            reader.join()


_EACH = (LogStream.STDOUT, LogStream.STDERR, LogStream.LOG)


def read_logs(rpc: LauncherRpc, request: LogRequest, *, patience: float) -> Iterator[LogChunk]:
    """Yield an attempt's bytes; all streams one after the other or, following, as they come.

    Only when following, a launcher that is gone is waited for, `patience` seconds long.
    """
    streams = _EACH if request.stream is LogStream.ALL else (request.stream,)
    if request.follow:
        yield from LogFollow(rpc, request, streams, patience=patience).chunks()
        return
    for stream in streams:
        yield from rpc.read_logs(replace(request, stream=stream))
