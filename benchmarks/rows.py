"""What a measurement gives: rows of the table, curves of growth, and why there is none."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


class BenchmarkError(Exception):
    """A measurement cannot be made, or is worth nothing; the message says why."""


class ProofBroken(BenchmarkError):
    """What was timed is not what the row says."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a figure, in the row's unit: the machine's limit, or a peer."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to be, in the row's unit; `why` says what it follows from."""

    value: float
    why: str = ""
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether a figure is as it is to be: one below 0 is a difference that was lost in noise."""
        return value >= self.value if self.at_least else 0 < value <= self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of Treadle's, the median of several, with what it is to be compared with."""

    what: str
    value: float
    unit: str = "ms"
    beside: tuple[Beside, ...] = ()
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """How a figure grows: seconds by size. `stopped` says why larger sizes were left out."""

    title: str
    who: str
    points: Mapping[int, float]
    stopped: str = ""

    def growth(self) -> Iterator[tuple[int, float, float | None]]:
        """Yield each size, its seconds, and how many times those of the half they are."""
        yield from (
            (size, seconds, seconds / self.points[size // 2] if size // 2 in self.points else None)
            for size, seconds in sorted(self.points.items())
        )


#: What a section gives, one after the other: what was found before it is stopped is kept.
Found = Iterator[Row | Curve]


def doubling(largest: int, smallest: int) -> list[int]:
    """Return sizes that double, up to the largest and none below the smallest."""
    halves = (largest >> times for times in itertools.count())
    return sorted(itertools.takewhile(lambda size: size >= smallest, halves))
