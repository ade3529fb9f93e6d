"""The sections of the table, in its order: each is measured and bounded by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks import starting, steps, submit
from benchmarks.bench import Bench
from benchmarks.rows import Found


@dataclass(frozen=True, slots=True)
class Section:
    """Some rows that are measured together. `seconds` is how long that may take at most."""

    seconds: float
    measure: Callable[[Bench], Found]


SECTIONS: Mapping[str, Section] = {
    "steps": Section(90, steps.bare),
    "steps-libraries": Section(60, steps.libraries),
    "steps-power": Section(40, steps.power),
    "submit": Section(90, submit.submit),
    "import": Section(60, starting.imports),
}
