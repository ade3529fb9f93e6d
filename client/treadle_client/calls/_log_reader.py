"""Reading what an attempt wrote: one stream, or all three, to the end or as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from treadle_client._messages import LogChunk, LogStream
from treadle_client._requests import LogRequest
from treadle_client.calls._log_follow import LogFollow
from treadle_client.calls._rpc import LauncherRpc

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
