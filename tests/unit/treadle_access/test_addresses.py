from __future__ import annotations

from pathlib import Path

import pytest

from treadle_access.addresses import BadAddressError, TcpAddress, UnixAddress, parse


@pytest.mark.parametrize("text", ["unix:/a/b.sock", "localhost:80", "127.0.0.1:0", "[::1]:5"])
def test_an_address_reads_back_as_it_is_written(text):
    assert str(parse(text)) == text


def test_the_two_kinds_are_told_apart():
    assert parse("unix:/a") == parse("unix:///a") == UnixAddress(path=Path("/a"))
    assert parse("[::1]:80") == TcpAddress(host="::1", port=80)


def test_a_relative_socket_lies_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse("unix:a.sock") == UnixAddress(path=tmp_path / "a.sock")


@pytest.mark.parametrize(
    "text",
    ["", "unix:", "unix:/" + "x" * 107, ":80", "host", "host:x", "host:65536", "unix-abstract:x"],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadAddressError):
        parse(text)


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("localhost", True), ("127.1.2.3", True), ("::1", True), ("10.0.0.1", False), ("x.y", False)],
)
def test_only_this_machine_reaches_a_loopback_address(host, is_loopback):
    assert TcpAddress(host=host, port=1).is_loopback is is_loopback
