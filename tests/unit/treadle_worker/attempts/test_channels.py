"""What a step process and its host are connected by."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest

from treadle_worker.attempts.channels import Channels, above_standard, open_channels


def descriptors(*ends: Channels) -> list[int]:
    return [fd for each in ends for fd in (each.reports, each.stdout, each.stderr)]


def open_ones(fds: list[int]) -> list[int]:
    found = []
    for fd in fds:
        with suppress(OSError):
            os.fstat(fd)
            found.append(fd)
    return found


def test_the_steps_ends_are_closed_and_the_hosts_stay() -> None:
    with open_channels() as (ours, theirs):
        assert len(open_ones(descriptors(ours, theirs))) == 6

    assert open_ones(descriptors(ours, theirs)) == descriptors(ours)
    ours.close()


def test_nothing_stays_open_when_no_process_could_be_started() -> None:
    with pytest.raises(OSError, match="no"), open_channels() as (ours, theirs):
        raise OSError("no")

    assert open_ones(descriptors(ours, theirs)) == []


def test_the_hosts_ends_do_not_block_and_the_steps_do() -> None:
    with open_channels() as (ours, theirs):
        assert [os.get_blocking(fd) for fd in descriptors(ours)] == [False] * 3
        assert [os.get_blocking(fd) for fd in descriptors(theirs)] == [True] * 3
        assert not any(os.get_inheritable(fd) for fd in descriptors(ours, theirs))

    ours.close()


def test_a_descriptor_beyond_the_standard_ones_stays_itself() -> None:
    reader, writer = os.pipe()

    assert (above_standard(reader), above_standard(writer)) == (reader, writer)

    os.close(reader)
    os.close(writer)
