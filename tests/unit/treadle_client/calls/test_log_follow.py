from __future__ import annotations

import grpc
import pytest

import treadle_client
from treadle_client import Client


@pytest.fixture
def client(address):
    with Client.connect(address, patience=5.0) as client:
        yield client


def text_of(chunks):
    return b"".join(chunk.data for chunk in chunks)


def test_a_connection_that_breaks_leaves_no_gap_and_no_duplicate(client, launcher):
    launcher.logs = {1: b"first second"}
    launcher.log_cuts = [0, 1, 0, 1]

    chunks = client.run("r").logs("g.foo", stream="stdout", follow=True)

    assert text_of(chunks) == b"first second"
    assert [request.offset for request in launcher.requests("ReadLogs")] == [0, 0, 6, 6, 12]


def test_the_attempt_stays_the_one_that_was_the_last_when_following_began(client, launcher):
    launcher.logs = {1: b"first second"}
    launcher.log_cuts = [1]
    launcher.steps[0].attempts = 2

    chunks = client.run("r").logs("g.foo", stream="stdout", follow=True)
    said = [next(chunks).data]
    launcher.steps[0].attempts = 3
    said.append(text_of(chunks))

    assert said == [b"first ", b"second"]
    assert [request.attempt for request in launcher.requests("ReadLogs")] == [2, 2]


def test_of_several_streams_each_goes_on_where_it_was(client, launcher):
    launcher.logs = {1: b"out and out", 2: b"err and err", 3: b"log and log"}
    launcher.log_cuts = [1, 1, 1, 0, 1]

    said = dict.fromkeys(("stdout", "stderr", "log"), b"")
    for chunk in client.run("r").logs("g.foo", follow=True):
        said[chunk.stream] += chunk.data

    assert said == {"stdout": b"out and out", "stderr": b"err and err", "log": b"log and log"}


def test_a_launcher_that_cannot_read_its_home_for_a_moment_is_asked_again(client, launcher, refuse):
    launcher.logs = {1: b"first second"}
    refuse("ReadLogs", grpc.StatusCode.UNAVAILABLE, "HOME_UNREADABLE", once=True)

    chunks = client.run("r").logs("g.foo", stream="stdout", follow=True)

    assert text_of(chunks) == b"first second"


def test_a_launcher_that_stays_away_raises_when_patience_is_over(launcher, address):
    launcher.logs = {1: b"first second"}
    launcher.log_cuts = [1, *([0] * 10_000)]

    with Client.connect(address, patience=0.2) as client:
        chunks = client.run("r").logs("g.foo", stream="stdout", follow=True)
        first = next(chunks)
        with pytest.raises(treadle_client.UnreachableError):
            next(chunks)

    assert first.data == b"first "


def test_patience_is_for_each_absence_also_when_nothing_was_said_in_between(launcher, address):
    launcher.logs = {1: b"first second"}
    launcher.log_cuts = [0, 0, 0]
    launcher.silence = 1.1

    with Client.connect(address, patience=1.0) as client:
        chunks = client.run("r").logs("g.foo", stream="stdout", follow=True)

        assert text_of(chunks) == b"first second"


def test_a_launcher_that_ends_with_its_client_is_not_waited_for(launcher, address):
    launcher.logs = {1: b"first second"}
    launcher.log_cuts = [1]

    with Client.connect(address, patience=0.0) as client:
        chunks = client.run("r").logs("g.foo", stream="stdout", follow=True)
        next(chunks)
        with pytest.raises(treadle_client.UnreachableError):
            next(chunks)


def test_without_following_a_connection_that_breaks_is_told(client, launcher):
    launcher.logs = {1: b"first second"}
    launcher.log_cuts = [1]

    with pytest.raises(treadle_client.UnreachableError):
        text_of(client.run("r").logs("g.foo", stream="stdout"))


def test_a_step_that_is_not_there_is_refused(client, refuse):
    refuse("ReadLogs", grpc.StatusCode.NOT_FOUND, "UNKNOWN_STEP")

    with pytest.raises(treadle_client.NotFoundError):
        next(client.run("r").logs("nothing", follow=True))
