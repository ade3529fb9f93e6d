from __future__ import annotations

import json
import os
import resource
from pathlib import Path

import pytest

from treadle_worker import processes
from treadle_worker.tree_record import TreeRecord


@pytest.fixture
def record(tmp_path: Path) -> TreeRecord:
    return TreeRecord(str(tmp_path / "journal"), processes.process_id(os.getpid()))


def pids(tmp_path: Path) -> list[int]:
    lines = (tmp_path / "processes").read_text().splitlines()
    return [json.loads(line)["pid"] for line in lines]


def test_the_host_stands_first_and_a_step_as_long_as_something_of_it_is_left(
    record: TreeRecord, tmp_path: Path
) -> None:
    record.add(os.getppid())
    assert pids(tmp_path) == [os.getpid(), os.getppid()]
    record.remove(os.getppid())
    assert pids(tmp_path) == [os.getpid()]
    record.close()


def test_a_process_that_cannot_be_looked_at_for_want_of_descriptors_runs_all_the_same(
    record: TreeRecord, tmp_path: Path
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        record.add(os.getppid())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert pids(tmp_path) == [os.getpid()]
    record.remove(os.getppid())
    record.close()
