"""docs/performance.md and its plots, from one run of everything."""

from __future__ import annotations

from pathlib import Path

from benchmarks import plot, table
from benchmarks.machine import REPOSITORY
from benchmarks.report import Report, growth

PAGE = REPOSITORY / "docs" / "performance.md"

HEAD = """# Performance

Written by `make bench`, which measures everything on this page in one run. Do not edit it.

"""
READING = """
## How to read it

A figure is the median of several, and compares only with what stands beside it: that was measured in
the same run, the limits in the same minute. *Limit* is what the machine needs for the least that could do the same, in
plain Python: a process with the host's modules and the user's imports that forks, hears from the child and
waits for its end; an interpreter that starts; bytes written to a new file of the same disk. *Dagster* is the current 1.13 in an
environment of its own, its code server and its runs as its own command starts them, asked for the least that a caller needs.

Everything is timed from outside: a step of a chain is the time of a run of n ops, from the call of `materialize` to
the result in the caller's hands, less that of a run of one op, shared by n - 1. After each run the log and the disk
must prove what was timed: every op ran in a process of its own and found the globals of its module as the import left them, its
value is a file on the disk that reads back, and the log has the success of its step. A run that cannot prove it fails the
benchmark. *The user's imports* are what Python takes for the same file with decorators that do nothing.

*Processor time of a step* says where the targets of a chain stand against this machine. What its process writes to it shares
with the process that it was forked from, and gets a copy of page by page: Python counts references in every object that is
touched, so that a step which does nothing writes to a thousand pages and more, about a quarter of what the import left. As much copying alone, in a
process that does nothing else, stands beside it. To ask for those pages at once and ahead of the op cost between a twentieth more and
a seventh less in trials: it is the copies that cost, not the faults. The rest is some 240 functions of Python that run once each, cold. The fork,
the host's journal and the launcher's log take place beside them on the other processor: with two, a chain cannot be faster than half of the sum.

A target is what the design promises, not what was reached: rows that miss it say so. A growth of 2 is linear. Load
averages near or above the number of cores mean that others took part of the machine; then the ratios are worth more than the times.
"""


def write(report: Report, file: Path = PAGE) -> None:
    """Write the page, and beside it a plot for each kind of curve."""
    parts = [HEAD + "\n".join(f"- {line}".replace("\n", "\n  ") for line in report.summary())]
    if report.rows:
        parts.append(table.table(report.rows))
    parts.append(READING.strip())
    for number, title in enumerate(dict.fromkeys(curve.title for curve in report.curves), 1):
        parts.append(f"## {title}")
        alike = [curve for curve in report.curves if curve.title == title]
        if lines := {curve.who: curve.points for curve in alike if curve.points}:
            drawn = file.with_name(f"performance-{number}.svg")
            drawn.write_text(plot.svg(title, lines), encoding="utf-8")
            parts.append(f"![{title}]({drawn.name})")
        parts += [f"{curve.who}:\n\n{growth(curve)}" for curve in alike]
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
