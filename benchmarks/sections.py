"""The sections of the table, in its order: each is measured and bounded by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks import (
    growth,
    in_process,
    loading,
    partitions,
    sharing,
    starting,
    steps,
    submit,
    throughput,
    values,
)
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
    "steps-sharing": Section(40, sharing.sharing),
    "in-process": Section(40, in_process.in_process),
    "submit": Section(90, submit.submit),
    "queue": Section(60, throughput.queue),
    "import": Section(60, starting.imports),
    "definitions": Section(60, loading.definitions),
    "load": Section(180, loading.assets),
    "graph": Section(90, loading.graph),
    "value": Section(90, values.values),
    "partitions": Section(60, partitions.partitions),
    "command": Section(60, starting.command),
    "growth-load": Section(300, growth.load),
    "growth-run": Section(240, growth.run),
    "growth-fan-out": Section(480, growth.fan_out),
}
