"""In which order the suite's processes take its tests, and what each file of tests costs.

A test of real services waits most of its time, a test of one package computes all of it. Workers
take neighbouring tests: in the order of the folders one of them would get all that wait, and the
machine would idle while it does. So both kinds are spread evenly over the whole, file by file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

COSTS = "TREADLE_TEST_COSTS"
"""The environment variable with a file that takes a line a test: processor seconds, and which."""

WAITING = ("tests/e2e/", "tests/integration/")


def spread(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the items so that any stretch of them has its share of those that wait."""
    files = [list(group) for _, group in groupby(items, key=lambda item: item.path)]
    counts = {True: 0, False: 0}
    for file in files:
        counts[waits(file[0])] += len(file)
    passed = {True: 0, False: 0}
    placed = []
    for file in files:
        kind = waits(file[0])
        placed.append((passed[kind] / counts[kind], file))
        passed[kind] += len(file)
    placed.sort(key=lambda entry: entry[0])
    return [item for _, file in placed for item in file]


def waits(item: pytest.Item) -> bool:
    """Tell whether the test is one of real services."""
    return item.nodeid.startswith(WAITING)


class Costs:
    """Writes down what each test took of the processor, with the processes that it waited for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Measure a test with its fixtures; services that a file shares end with its last one."""
        before = sum(os.times()[:4])
        result = yield
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{sum(os.times()[:4]) - before:.2f}\t{item.nodeid!r}\n")
        return result


def dearest(path: Path, count: int = 30) -> Iterator[str]:
    """Say which files of tests took most: seconds, tests, file."""
    files: dict[str, list[float]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        seconds, _, name = line.partition("\t")
        files.setdefault(name.strip("'\"").partition("::")[0], []).append(float(seconds))
    ordered = sorted(files.items(), key=lambda entry: -sum(entry[1]))
    total = sum(map(sum, files.values()))
    yield f"{total:8.1f} s {sum(map(len, files.values())):5} tests, processor time of all"
    for name, taken in ordered[:count]:
        yield f"{sum(taken):8.1f} s {len(taken):5} tests  {name}"


if __name__ == "__main__":
    print("\n".join(dearest(Path(os.environ[COSTS]))))
