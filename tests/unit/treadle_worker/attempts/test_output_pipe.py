"""The host's end of a pipe that an attempt writes to, in a loop that turns."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from treadle_worker.attempts.output_pipe import OutputEnd
from treadle_worker.host.loop import Loop
from treadle_worker.step.capture import open_append, open_at_end

KIB = 1024


class Kit:
    def __init__(self, path: Path, open_file: Callable[[Path], int]) -> None:
        self.path = path
        self.file = -1
        self.pipe, self.step = os.pipe()
        os.set_blocking(self.pipe, False)
        self.loop = Loop()

        def opened() -> int:
            self.file = open_file(path)
            return self.file

        self.end = OutputEnd(self.loop, self.pipe, opened)

    def write(self, data: bytes) -> None:
        assert os.write(self.step, data) == len(data)

    def turn(self) -> None:
        """Turn twice, whether anything is there or not."""
        for _ in range(2):
            self.loop.set_deadline("now", 0, lambda: None)
            self.loop.turn()

    def close_step(self) -> None:
        if self.step >= 0:
            os.close(self.step)
            self.step = -1

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @property
    def open_descriptors(self) -> list[int]:
        return [fd for fd in (self.pipe, self.file) if is_open(fd)]


def is_open(fd: int) -> bool:
    with suppress(OSError):
        os.fstat(fd)
        return True
    return False


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Have no file that this process writes grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def open_for_splice(path: Path) -> int:
    return open_at_end(str(path))


def open_without_splice(path: Path) -> int:
    """The kernel splices to no file that is opened for appending."""
    return open_append(str(path))


@pytest.fixture(params=[open_for_splice, open_without_splice])
def kit(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Kit]:
    path = tmp_path / "stdout"
    kit = Kit(path, request.param)
    yield kit
    kit.end.finish()
    kit.close_step()
    kit.loop.leave_to_parent()


def test_what_is_written_is_in_the_file_with_the_next_turn(kit: Kit) -> None:
    for piece in (b"first\n", b"second\n"):
        kit.write(piece)
        kit.loop.turn()

    assert kit.content == b"first\nsecond\n"


def test_an_earlier_content_stays_before_it(tmp_path: Path) -> None:
    path = tmp_path / "stdout"
    path.write_bytes(b"earlier\n")
    kit = Kit(path, open_for_splice)

    kit.write(b"later\n")
    kit.end.finish()
    kit.close_step()

    assert kit.content == b"earlier\nlater\n"


def test_the_end_takes_what_there_is_and_does_not_wait_for_who_holds_the_pipe(kit: Kit) -> None:
    kit.write(b"x" * 64 * KIB)

    kit.end.finish()
    kit.end.finish()

    assert kit.content == b"x" * 64 * KIB
    assert kit.open_descriptors == []


def test_a_pipe_that_nobody_can_write_to_is_not_looked_at_any_more(kit: Kit) -> None:
    met: list[str] = []
    kit.write(b"last words")
    kit.close_step()

    kit.turn()
    kit.loop.set_deadline("next", 0.01, lambda: met.append("next"))
    kit.loop.turn()

    # That turn waited for the deadline: no descriptor was ready before it.
    assert met == ["next"]
    assert kit.content == b"last words"
    assert kit.open_descriptors == []


def test_what_there_is_no_room_for_is_left_out_and_counted(kit: Kit) -> None:
    with room_for(10):
        kit.write(b"0123456789abcdef")
        kit.turn()
        kit.write(b"ghij")
        kit.turn()

    kit.write(b"there is room again\n")
    kit.turn()

    words = "\n… 10 bytes are left out: no room …\n".encode()
    assert kit.content == b"0123456789" + words + b"there is room again\n"


def test_no_part_of_the_count_is_left_when_there_is_no_room_for_all_of_it(kit: Kit) -> None:
    with room_for(4):
        kit.write(b"0123456789")
        kit.turn()
    with room_for(12):
        kit.write(b"more")
        kit.turn()
        assert kit.content == b"0123"

    kit.end.finish()

    assert kit.content == "0123\n… 10 bytes are left out: no room …\n".encode()


def test_where_nothing_is_written_no_file_is_made(kit: Kit) -> None:
    kit.turn()
    kit.close_step()
    kit.turn()
    kit.end.finish()

    assert not kit.path.exists()
    assert not is_open(kit.pipe)


def test_what_has_no_file_at_first_is_counted_and_written_when_there_is_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "folder" / "stdout"
    path.parent.touch()
    kit = Kit(path, open_for_splice)
    kit.write(b"lost")
    kit.turn()

    path.parent.unlink()
    kit.write(b"kept\n")
    kit.end.finish()
    kit.close_step()

    assert kit.content == "\n… 4 bytes are left out: no room …\nkept\n".encode()


def test_a_forked_child_holds_nothing_of_it(kit: Kit) -> None:
    kit.write(b"something")
    kit.turn()

    kit.end.leave_to_parent()

    assert not is_open(kit.file)
    os.close(kit.pipe)
    kit.loop.unwatch(kit.pipe)
