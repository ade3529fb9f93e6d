"""Reading what an attempt wrote: one stream, or all three, to the end or as it comes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace

from treadle_client._errors import TreadleClientError
from treadle_client._log import LogChunk, LogStream
from treadle_client._requests import LogRequest, Stream
from treadle_client._rpc import LauncherRpc

_EACH = (LogStream.STDOUT, LogStream.STDERR, LogStream.LOG)


def read_logs(rpc: LauncherRpc, request: LogRequest) -> Iterator[LogChunk]:
    """Yield an attempt's bytes; all streams one after the other or, following, as they come."""
    if request.stream is not LogStream.ALL:
        yield from rpc.read_logs(request)
    elif request.follow:
        streams = [rpc.read_logs(replace(request, stream=one)) for one in _EACH]
        yield from _merge(streams)
    else:
        for one in _EACH:
            yield from rpc.read_logs(replace(request, stream=one))


def _merge(streams: list[Stream[LogChunk]]) -> Iterator[LogChunk]:
    """Yield from all streams as chunks arrive, each read by a thread of its own."""
    arrived: queue.SimpleQueue[LogChunk | TreadleClientError | None] = queue.SimpleQueue()

    def read(stream: Stream[LogChunk]) -> None:
        try:
            for chunk in stream:
                arrived.put(chunk)
        except TreadleClientError as error:
            arrived.put(error)
        else:
            arrived.put(None)

    readers = [threading.Thread(target=read, args=(one,), daemon=True) for one in streams]
    for reader in readers:
        reader.start()
    try:
        unfinished = len(readers)
        while unfinished:
            match arrived.get():
                case LogChunk() as chunk:
                    yield chunk
                case None:
                    unfinished -= 1
                case error:
                    raise error
    finally:
        for stream in streams:
            stream.cancel()
        for reader in readers:
            reader.join()
