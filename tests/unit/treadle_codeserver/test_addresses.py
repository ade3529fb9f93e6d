from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_codeserver.addresses import (
    AddressError,
    TcpAddress,
    UnixAddress,
    claimed,
    default_address,
    parse_address,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: a Unix socket's path holds 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="cs-") as name:
        yield Path(name)


@pytest.mark.parametrize("text", ["unix:/run/x.sock", "127.0.0.1:0", "localhost:4000", "[::1]:80"])
def test_an_address_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_address(text)) == text


def test_a_relative_socket_lies_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_address("unix:a.sock") == UnixAddress(path=tmp_path / "a.sock")


def test_the_two_kinds_are_told_apart() -> None:
    assert parse_address("unix:/a") == UnixAddress(path=Path("/a"))
    assert parse_address("[::1]:80") == TcpAddress(host="::1", port=80)


@pytest.mark.parametrize(
    "text",
    [
        "unix:",
        "unix:/" + "x" * 107,
        "",
        "127.0.0.1",
        ":80",
        "127.0.0.1:port",
        "127.0.0.1:65536",
        "0.0.0.0:80",
        "example.org:80",
    ],
)
def test_what_cannot_be_bound_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_address(text)


def test_equal_identities_have_equal_addresses(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))

    first = default_address("a")

    assert first == default_address("a") != default_address("b")
    assert first.path.parent == folder / "treadle"
    assert first.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_too_long_for_sockets_is_not_used(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    long = folder / ("x" * 90)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))

    assert not str(default_address("a").path).startswith(str(long))


def test_a_stale_socket_is_removed(folder: Path) -> None:
    path = folder / "s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    with claimed(UnixAddress(path=path)):
        assert not path.exists()


def test_a_socket_that_is_served_is_kept(folder: Path) -> None:
    path = folder / "s"
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(str(path))
        alive.listen()

        with pytest.raises(AddressError, match="another process"), claimed(UnixAddress(path=path)):
            pass

        assert path.is_socket()


def test_a_file_is_kept(folder: Path) -> None:
    path = folder / "s"
    path.write_text("data")

    with pytest.raises(AddressError, match="no socket"), claimed(UnixAddress(path=path)):
        pass

    assert path.read_text() == "data"


def test_a_missing_folder_is_refused(folder: Path) -> None:
    with pytest.raises(AddressError), claimed(UnixAddress(path=folder / "none" / "s")):
        pass
