"""The order of the suite's tests, and what is said of their costs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.schedule import dearest, spread


@dataclass(frozen=True)
class Item:
    """What is asked of a test."""

    nodeid: str

    @property
    def path(self) -> Path:
        return Path(self.nodeid.partition("::")[0])


def of(folder: str, files: int, each: int) -> list[Item]:
    return [
        Item(f"{folder}/test_{file}.py::test_{number}")
        for file in range(files)
        for number in range(each)
    ]


def test_each_half_has_its_share_of_the_tests_that_wait_and_files_stay_whole() -> None:
    items = of("tests/e2e", 4, 5) + of("tests/unit/one", 10, 20)

    ordered = spread(items)  # type: ignore[arg-type]  # all that is asked of a test

    assert sorted(map(str, ordered)) == sorted(map(str, items))
    half = ordered[: len(ordered) // 2]
    assert sum(item.nodeid.startswith("tests/e2e") for item in half) == 10
    changes = sum(one.path != other.path for one, other in pairwise(ordered))
    assert changes == 13


def test_tests_of_one_kind_keep_their_order() -> None:
    items = of("tests/unit/one", 3, 4)

    assert spread(items) == items  # type: ignore[arg-type, comparison-overlap]  # as above


def test_the_dearest_file_is_named_first(tmp_path: Path) -> None:
    costs = tmp_path / "costs"
    costs.write_text(
        "0.50\t'tests/a.py::one'\n2.00\t\"tests/b.py::of['x']\"\n0.25\t'tests/a.py::two'\n"
    )

    assert list(dearest(costs)) == [
        "     2.8 s     3 tests, processor time of all",
        "     2.0 s     1 tests  tests/b.py",
        "     0.8 s     2 tests  tests/a.py",
    ]
