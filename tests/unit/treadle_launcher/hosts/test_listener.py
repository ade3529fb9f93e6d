from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path

import pytest

from treadle_access.addresses import BadAddressError, UnixAddress
from treadle_contract.worker import Ack, AckState, Commit
from treadle_launcher.hosts.frames import FrameError
from treadle_launcher.hosts.listener import listen

ACK = json.dumps({"ack": {"taskId": "t", "state": "ACK_STATE_RUNNING", "later": 1}}).encode()


class Heard:
    """Keeps what connections bring."""

    def __init__(self) -> None:
        self.frames = []
        self.lost = asyncio.Event()
        self.arrived = asyncio.Event()

    def frame_received(self, connection, frame):
        self.frames.append(frame)
        connection.send(Commit(record=7))
        self.arrived.set()

    def frame_refused(self, connection, error):
        self.frames.append(error)

    def connection_lost(self, connection):
        self.lost.set()


def packed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def dialled(tmp_path: Path, *pieces: bytes):
    """Send pieces over a connection; return what was heard and what came back."""

    async def scenario():
        heard = Heard()
        address = UnixAddress(path=tmp_path / "s")
        listener = await listen(address, heard)
        reader, writer = await asyncio.open_unix_connection(address.path)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()
        answer = await reader.read()
        await heard.lost.wait()
        writer.close()
        await writer.wait_closed()
        listener.close()
        assert not address.path.exists()
        return heard.frames, answer

    return asyncio.run(asyncio.wait_for(scenario(), 10))


@pytest.mark.parametrize("cut", [1, 4, 5, len(ACK) + 3, len(ACK) + 5])
def test_frames_are_put_together_wherever_they_are_cut(tmp_path, cut):
    data = packed(ACK) * 2
    frames, answer = dialled(tmp_path, data[:cut], data[cut:])
    assert frames == [Ack(task_id="t", state=AckState.RUNNING)] * 2
    assert answer == packed(b'{"commit":{"record":"7"}}') * 2


def test_a_frame_of_a_kind_that_is_not_known_is_ignored(tmp_path):
    frames, _ = dialled(tmp_path, packed(b'{"fromTheFuture": {}}') + packed(ACK))
    assert len(frames) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        packed(b"no json"),
        struct.pack(">I", 1 << 31) + b"x",
        packed(b'{"report":{"records":' + b"[" * 980 + b"]" * 980 + b"}}"),
        packed(b'{"report":{"records":[' + b"[]," * 1_100_000 + b"[]]}}"),
    ],
)
def test_who_sends_nonsense_is_hung_up_on(tmp_path, nonsense):
    async def scenario():
        heard = Heard()
        address = UnixAddress(path=tmp_path / "s")
        listener = await listen(address, heard)
        _, writer = await asyncio.open_unix_connection(address.path)
        writer.write(nonsense)
        await heard.lost.wait()
        writer.close()
        listener.close()
        (refusal,) = heard.frames
        assert isinstance(refusal, FrameError)

    asyncio.run(asyncio.wait_for(scenario(), 10))


def test_a_socket_that_somebody_listens_on_is_left_to_them(tmp_path):
    async def scenario():
        address = UnixAddress(path=tmp_path / "s")
        listener = await listen(address, Heard())
        with pytest.raises(BadAddressError):
            await listen(address, Heard())
        assert address.path.exists()
        listener.close()

    asyncio.run(scenario())
