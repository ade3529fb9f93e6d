"""A host that says wrong things: it starts a real one, and stands between that and the launcher.

It is started as an interpreter would be, by a LaunchSpec that names a file of `write_program`.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.foreign.mutation import spoil_frame

VARIABLE = "TREADLE_FOREIGN_HOST"
"""Which fault: the name of one, and a seed, as JSON."""

_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = struct.Struct(">I")


def write_program(path: Path) -> Path:
    """Write a file that is started as a Python is, and is this host."""
    path.write_text(
        f"#!{sys.executable}\n"
        f"import sys\nsys.path.insert(0, {str(_ROOT)!r})\n"
        "from tests.foreign.host import main\nmain()\n"
    )
    path.chmod(0o700)
    return path


def _random(frames: Iterator[Any], random: Random) -> Iterator[Any]:
    """Spoil one frame of so many, in whichever way."""
    at = random.randrange(6)
    for number, frame in enumerate(frames):
        if number != at:
            yield frame
            continue
        match random.randrange(10):
            case 0:
                continue
            case 1:
                yield frame
                yield frame
            case 2:
                yield b"\xff" * random.randrange(1, 50)
            case 3:
                yield json.dumps(frame).encode()[: random.randrange(1, 30)]
            case 4:
                # A frame that is longer than any may be.
                yield _LENGTH.pack(2**31)
            case 5:
                for _ in range(2000):
                    yield frame
            case 6:
                yield b'{"report":{"records":[' + b"[]," * 1_200_000 + b"[]]}}"
            case 7:
                # A name that is said twice.
                yield json.dumps(frame).encode()[:-1] + b',"ack":{"taskId":"\\ud800"}}'
            case _:
                spoil_frame(frame, random)
                yield frame


def _exits(frames: Iterator[Any], random: Random) -> Iterator[Any]:
    """Be ready, and leave as soon as there is something to do, as if all were well."""
    for frame in frames:
        if "ack" in frame:
            os._exit(0)
        yield frame


def _ahead(frames: Iterator[Any], random: Random) -> Iterator[Any]:
    """Say of tasks that were sent ahead that they began, or are given back: any, once or twice, or not."""
    known = ["another/step/1", ""]
    for frame in frames:
        records = frame.get("report", {}).get("records", [])
        for told in (*records, frame.get("ack", {})):
            known += [told[name] for name in ("taskId", "nextTaskId") if name in told]
        for record in records:
            if random.random() < 0.3:
                record["nextTaskId"] = random.choice(known)
        times = 1
        if frame.get("ack", {}).get("state") == "ACK_STATE_RETURNED":
            times = random.randrange(3)
        for _ in range(times):
            yield frame
        if random.random() < 0.2 and "hello" not in frame:
            yield {
                "ack": {
                    "taskId": random.choice(known[:1] + known[2:]),
                    "state": "ACK_STATE_RETURNED",
                }
            }


def _goes_on(frames: Iterator[Any], random: Random) -> Iterator[Any]:
    """Say of attempts that ended that some step begins after them in their process, or none."""
    known = ["another step", ""]
    for frame in frames:
        for record in frame.get("report", {}).get("records", []):
            known.append(record["stepKey"])
            has_ended = record.keys() & {"succeeded", "failed", "cancelled"}
            if has_ended and random.random() < 0.4:
                record["nextStepKey"] = random.choice([*known, record.get("nextStepKey", "")])
        yield frame


def _well(frames: Iterator[Any], random: Random) -> Iterator[Any]:
    yield from frames


FAULTS: dict[str, Callable[[Iterator[Any], Random], Iterator[Any]]] = {
    "random": _random,
    "exits": _exits,
    "ahead": _ahead,
    "goes on": _goes_on,
    "": _well,
}


def main() -> None:
    """Run a host between the launcher and a real one, and end as that ends."""
    arguments, spec_fd = sys.argv[1:-1], int(sys.argv[-1])
    with os.fdopen(spec_fd) as stream:
        spec = json.load(stream)
    asked = json.loads(os.environ.get(VARIABLE, '["", 0]'))
    # Beside this program: a host that is killed removes nothing.
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[0]).parent) as folder:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{folder}/s")
        listener.listen()
        launcher = spec["launcherSocket"]
        inner = os.memfd_create("spec")
        os.write(inner, json.dumps({**spec, "launcherSocket": f"{folder}/s"}).encode())
        os.lseek(inner, 0, os.SEEK_SET)
        kept = (inner,) if spec["aliveFd"] is None else (inner, spec["aliveFd"])
        real = subprocess.Popen([sys.executable, *arguments, str(inner)], pass_fds=kept)
        threading.Thread(target=_serve, args=(listener, launcher, asked), daemon=True).start()
        code = real.wait()
    os._exit(code if code >= 0 else 1)


def _serve(listener: socket.socket, launcher: str, asked: list[Any]) -> None:
    fault, random = FAULTS[asked[0]], Random(asked[1])
    while True:
        host, _ = listener.accept()
        outer = socket.socket(socket.AF_UNIX)
        try:
            outer.connect(launcher)
        except OSError:
            host.close()
            continue
        for relay in (
            lambda host=host, outer=outer: _relay_up(host, outer, fault, random),
            lambda host=host, outer=outer: _relay_down(outer, host),
        ):
            threading.Thread(target=relay, daemon=True).start()


def _relay_up(
    host: socket.socket,
    outer: socket.socket,
    fault: Callable[[Iterator[Any], Random], Iterator[Any]],
    random: Random,
) -> None:
    with suppress(OSError), host, outer:
        for frame in fault(_frames(host), random):
            body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
            # What is no more than a length stands for itself.
            outer.sendall(body if body == _LENGTH.pack(2**31) else _LENGTH.pack(len(body)) + body)
        outer.shutdown(socket.SHUT_RDWR)


def _frames(host: socket.socket) -> Iterator[Any]:
    with host.makefile("rb") as stream:
        while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
            yield json.loads(stream.read(_LENGTH.unpack(head)[0]))


def _relay_down(outer: socket.socket, host: socket.socket) -> None:
    with suppress(OSError):
        while data := outer.recv(65536):
            host.sendall(data)
    with suppress(OSError):
        host.shutdown(socket.SHUT_RDWR)
