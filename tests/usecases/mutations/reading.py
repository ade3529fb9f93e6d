"""Mutations of good definitions, as they stand in the texts beside this module.

A block is one mutation: "-" lines of a good module give way to the "+" lines; "@" is the line that the refusal
must name; "!" is its class, and words of what it says to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.usecases.mutations import good

_GOOD = {
    "graph": good.GRAPH,
    "asset": good.ASSETS,
    "resources": good.RESOURCES,
    "checks": good.CHECKS,
    "dynamic": good.DYNAMIC,
}


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One change that makes good definitions bad. `at`: the text of the line to be named."""

    base: str
    old: str
    new: str
    at: str
    error: str
    says: str

    @property
    def text(self) -> str:
        """The module after the change."""
        good_text = _GOOD[self.base]
        assert self.old in good_text, f"the good module of {self.base!r} has no {self.old!r}"
        return good_text.replace(self.old, self.new, 1)


def mutations() -> Iterator[tuple[str, Mutation]]:
    """Yield all of them, with a name for each."""
    for file in sorted(Path(__file__).parent.glob("*.txt")):
        for number, block in enumerate(file.read_text(encoding="utf-8").split("\n\n"), start=1):
            yield f"{file.stem}-{number}", _mutation(file.stem.partition("_")[0], block)


def _mutation(base: str, block: str) -> Mutation:
    lines: dict[str, list[str]] = {mark: [] for mark in "-+@!"}
    for line in block.rstrip("\n").split("\n"):
        lines[line[0]].append(line[2:])
    error, _, says = lines["!"][0].partition(": ")
    return Mutation(
        base=base,
        old="\n".join(lines["-"]),
        new="\n".join(lines["+"]),
        at=lines["@"][0],
        error=error,
        says=says,
    )
