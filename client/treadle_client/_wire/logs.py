"""What attempts wrote, from the contract."""

from __future__ import annotations

from treadle_api.v1 import launcher_pb2
from treadle_client._log import LogChunk, LogStream
from treadle_client._wire.values import decode_enum


def encode_log_stream(stream: LogStream) -> launcher_pb2.LogStream.ValueType:
    """Turn a stream's name into the contract's; all of them is unset."""
    if stream is LogStream.ALL:
        return launcher_pb2.LOG_STREAM_UNSPECIFIED
    return launcher_pb2.LogStream.Value(f"LOG_STREAM_{stream.name}")


def decode_log_chunk(message: launcher_pb2.ReadLogsResponse) -> LogChunk:
    """Turn bytes that an attempt wrote into ours."""
    return LogChunk(
        stream=decode_enum(LogStream, launcher_pb2.LogStream.DESCRIPTOR, message.stream),
        offset=message.offset,
        data=message.data,
        omitted_bytes=message.omitted_bytes,
    )
