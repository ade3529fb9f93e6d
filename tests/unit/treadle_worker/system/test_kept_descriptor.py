"""Descriptors of ours among those of the user's code."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from treadle_worker.system.kept_descriptor import KeptDescriptor


@pytest.fixture
def limit_files() -> Iterator[Callable[[int], None]]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda soft: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def kept() -> Iterator[KeptDescriptor]:
    kept = KeptDescriptor(os.memfd_create("ours"))
    yield kept
    kept.close()


def test_it_is_above_what_is_closed_to_close_everything(kept: KeptDescriptor) -> None:
    os.closerange(max(map(int, os.listdir("/proc/self/fd"))) + 1, kept.fd)

    assert kept.fd > 2048
    assert kept.is_there()
    assert not os.get_inheritable(kept.fd)


def test_it_takes_no_number_of_those_that_a_limit_leaves(
    limit_files: Callable[[int], None],
) -> None:
    ours = os.memfd_create("ours")
    limit_files(256)
    kept = KeptDescriptor(ours)

    number = kept.fd
    kept.close()

    assert number > 256
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 256


def test_one_that_was_closed_is_not_there(kept: KeptDescriptor) -> None:
    os.close(kept.fd)

    assert not kept.is_there()


def test_one_whose_number_another_file_has_is_not_there_and_not_closed(
    kept: KeptDescriptor, tmp_path: Path
) -> None:
    with (tmp_path / "users").open("wb") as users:
        os.dup2(users.fileno(), kept.fd)

    assert not kept.is_there()
    kept.close()
    os.close(kept.fd)
