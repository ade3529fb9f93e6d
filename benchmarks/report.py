"""What one run of the benchmarks found, as text."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks import machine, table
from benchmarks.rows import Curve, Row


@dataclass(slots=True)
class Report:
    """All that was found, and what could not be."""

    machine: str
    load: list[str] = field(default_factory=lambda: [machine.load()])
    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, found: Row | Curve) -> None:
        """Take what a section found."""
        if isinstance(found, Row):
            self.rows.append(found)
        else:
            self.curves.append(found)

    def ended(self) -> None:
        """Note when, and how busy the machine was then."""
        self.load.append(machine.load())

    def missed(self) -> int:
        """Return how many targets were not met."""
        return sum(row.target is not None and not row.target.met(row.value) for row in self.rows)

    def summary(self) -> list[str]:
        """Return the lines that stand above the table."""
        aimed = sum(row.target is not None for row in self.rows)
        return [
            f"{self.machine}.",
            f"Begun {self.load[0]}; ended {self.load[-1]}.",
            f"{aimed - self.missed()} of {aimed} targets are met.",
            *self.notes,
            *(f"Not measured: {fault}" for fault in self.faults),
        ]

    def text(self) -> str:
        """Return the report as it is printed."""
        parts = ["\n".join(self.summary())]
        if self.rows:
            parts.append(table.table(self.rows))
        parts += [f"{each.title}, {each.who}\n{growth(each)}" for each in self.curves]
        return "\n\n".join(parts)


def growth(curve: Curve) -> str:
    """Return a curve's table, and why it stops where it does."""
    return "\n\n".join(filter(None, (table.growth(curve), curve.stopped)))
