"""The link and the dialling, over a real socket in a loop that turns."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_contract.worker import Commit, LauncherFrame
from treadle_worker import frames
from treadle_worker.host import dialling
from treadle_worker.host.dialling import Launcher
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.host.link import Link, LinkError
from treadle_worker.host.loop import Loop

COMMIT = frames.pack(b'{"commit": {"record": "3"}}')


class Place:
    """A folder with, when it is asked for, a socket that listens."""

    def __init__(self, folder: str) -> None:
        self.path = Path(folder) / "hosts"
        self.loop = Loop()
        self.listener: socket.socket | None = None
        self.peers: list[socket.socket] = []

    def listen(self) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.listener.settimeout(10)

    def accept(self) -> socket.socket:
        assert self.listener is not None
        peer, _ = self.listener.accept()
        peer.settimeout(10)
        self.peers.append(peer)
        return peer

    def close(self) -> None:
        for each in (*self.peers, *([self.listener] if self.listener else [])):
            each.close()
        self.loop.leave_to_parent()


class Caller:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.frames: list[LauncherFrame] = []

    def connected(self) -> None:
        self.told.append("connected")

    def received(self, frame: LauncherFrame) -> None:
        self.frames.append(frame)

    def disconnected(self) -> None:
        self.told.append("disconnected")

    def abandoned(self) -> None:
        self.told.append("abandoned")


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="l-") as folder:
        place = Place(folder)
        yield place
        place.close()


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def link(place: Place, caller: Caller) -> Iterator[Link]:
    place.listen()
    link = Link(place.loop, on_frame=caller.received, on_lost=caller.disconnected)
    link.dial(str(place.path))
    yield link
    link.close()


def test_nobody_at_the_socket_is_an_error(place: Place, caller: Caller) -> None:
    link = Link(place.loop, on_frame=caller.received, on_lost=caller.disconnected)

    with pytest.raises(LinkError):
        link.dial(str(place.path))

    assert not link.is_connected


def test_a_link_to_a_socket_is_not_followed(place: Place, caller: Caller) -> None:
    place.listen()
    leads = place.path.with_name("leads")
    leads.symlink_to(place.path)
    link = Link(place.loop, on_frame=caller.received, on_lost=caller.disconnected)

    with pytest.raises(LinkError, match="it is a link"):
        link.dial(str(leads))

    assert not link.is_connected


def test_a_launcher_that_is_gone_is_known_to_be_before_all_that_it_sent_is_read(
    place: Place, link: Link
) -> None:
    peer = place.accept()
    assert link.is_there
    peer.sendall(COMMIT)
    assert link.is_there

    peer.close()

    assert not link.is_there
    assert link.is_connected, "what it sent can be read still"


def test_frames_are_taken_however_they_are_cut(place: Place, link: Link, caller: Caller) -> None:
    peer = place.accept()
    for piece in (COMMIT[:3], COMMIT[3:] + COMMIT):
        peer.sendall(piece)
        place.loop.turn()

    assert caller.frames == [LauncherFrame(frame=Commit(record=3))] * 2


def test_what_the_launcher_does_not_read_yet_waits_and_nobody_with_it(
    place: Place, link: Link
) -> None:
    peer = place.accept()
    message = b"x" * 4_000_000

    link.send(message)
    link.send(b"last")

    reader = frames.FrameReader()
    found: list[bytes] = []
    while len(found) < 2:
        # A turn with nothing to write any more does not wait.
        place.loop.set_deadline("turn", 0.0, lambda: None)
        place.loop.turn()
        found += reader.feed(peer.recv(1_000_000))
    assert found == [message, b"last"]


@pytest.mark.parametrize("last", [b"", COMMIT[:5], b"\xff" * 8])
def test_an_end_of_any_kind_is_told_once(
    place: Place, link: Link, caller: Caller, last: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    peer = place.accept()
    peer.sendall(last)
    peer.close()

    while link.is_connected:
        place.loop.turn()
    link.send(b"nobody hears it")

    assert caller.told == ["disconnected"]
    assert ("no frame" in capfd.readouterr().err) == (last == b"\xff" * 8)


def spec(place: Place, **fields: object) -> HostSpec:
    known: dict[str, object] = {
        "host_id": "h",
        "location": "here",
        "launcher_socket": str(place.path),
        "working_directory": "/",
        "targets": (),
        "digest": "d",
        "import_timeout_ms": 1,
        "values_root": "/nowhere",
        "logs_root": "/nowhere",
        "journal": "/nowhere",
    }
    return HostSpec(**{**known, **fields})  # type: ignore[arg-type]  # named above


def test_a_launcher_is_dialled_until_it_is_there(place: Place, caller: Caller) -> None:
    launcher = Launcher(place.loop, spec(place, orphan_grace_ms=60_000), caller)
    launcher.dial()
    assert caller.told == []

    place.listen()
    place.loop.turn()

    assert launcher.is_connected
    assert caller.told == ["connected"]
    assert not place.loop.has_deadline(dialling._Wait.ORPHAN)
    launcher.close()


def test_a_launcher_that_does_not_come_in_time_is_dialled_on(place: Place, caller: Caller) -> None:
    launcher = Launcher(place.loop, spec(place, orphan_grace_ms=1), caller)
    launcher.dial()
    while not caller.told:
        place.loop.turn()
    assert caller.told == ["abandoned"]

    place.listen()
    while len(caller.told) < 2:
        place.loop.turn()

    assert caller.told[1:] == ["connected"]
    assert not launcher.is_abandoned
    launcher.close()


def test_a_launcher_is_looked_for_where_the_home_names_it(
    place: Place, caller: Caller, tmp_path: Path
) -> None:
    journal = tmp_path / "hosts" / "h" / "journal"
    gone = str(tmp_path / "gone")
    held = spec(place, orphan_grace_ms=60_000, launcher_socket=gone, journal=str(journal))
    launcher = Launcher(place.loop, held, caller)
    launcher.dial()
    place.listen()
    named = tmp_path / "launcher.json"

    for text in ("", "{", "[]", '{"host_socket": 3}', json.dumps({"host_socket": gone})):
        named.write_text(text)
        place.loop.turn()
        assert not launcher.is_connected
    named.write_text(json.dumps({"host_socket": str(place.path)}))
    place.loop.turn()

    assert launcher.is_connected
    launcher.close()


def test_a_launcher_that_named_nothing_is_found_where_the_last_one_was(
    place: Place, caller: Caller, tmp_path: Path
) -> None:
    (tmp_path / "launcher.json").write_text(json.dumps({"host_socket": str(tmp_path / "gone")}))
    journal = tmp_path / "hosts" / "h" / "journal"
    held = spec(place, orphan_grace_ms=60_000, journal=str(journal))
    launcher = Launcher(place.loop, held, caller)
    launcher.dial()
    place.listen()

    place.loop.turn()

    assert launcher.is_connected
    launcher.close()


def test_an_ephemeral_launcher_is_not_waited_for(place: Place, caller: Caller) -> None:
    reader, writer = os.pipe()
    launcher = Launcher(place.loop, spec(place, alive_fd=reader), caller)

    launcher.dial()

    assert caller.told == ["abandoned"]
    os.close(reader)
    os.close(writer)
