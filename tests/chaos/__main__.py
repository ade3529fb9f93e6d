"""Runs every scenario: `make chaos`, or `python -m tests.chaos [SCENARIO…]`.

CHAOS_SEED chooses the random moments, CHAOS_SCALE multiplies how much there is of everything.
CHAOS_CGROUP names a folder of a
memory controller below which a cgroup may be made, for `oom-killer`. The figures are printed; with `--write` they also go into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from tests.chaos import adversity
from tests.chaos.beside import beside
from tests.chaos.cancels import cancels
from tests.chaos.kills import ALL, SERVICES, storm
from tests.chaos.oom_killer import oom_killer
from tests.chaos.people import people
from tests.chaos.power_cut import power_cut
from tests.chaos.refusals import store_refuses
from tests.chaos.submits import submits
from tests.processes import reset_signals

REPORT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SEED = int(os.environ.get("CHAOS_SEED", "1"))
SCALE = float(os.environ.get("CHAOS_SCALE", "1"))


class Result(Protocol):
    """What every scenario returns."""

    @property
    def faults(self) -> list[str]:
        """What must not be, in words."""
        ...

    def figures(self) -> Mapping[str, object]:
        """Return what is printed."""
        ...


def scaled(number: int) -> int:
    """Return so much of what there is at scale 1, at least one."""
    return max(1, round(number * SCALE))


SCENARIOS: Mapping[str, tuple[str, Callable[[], Result | None]]] = {
    "services": (
        "Runs of 20 ops in flight, launcher and code server killed",
        lambda: storm(SEED, runs=scaled(50), moments=scaled(40), victims=SERVICES, asset="plain"),
    ),
    "everything": (
        "The same, hosts and steps killed as well; no retries",
        lambda: storm(SEED, runs=scaled(50), moments=scaled(40), victims=ALL, asset="plain"),
    ),
    "retried": (
        "The same, with `RetryPolicy(on={'lost', 'signal'})`: every run succeeds",
        lambda: storm(SEED, runs=scaled(50), moments=scaled(40), victims=ALL, asset="sturdy"),
    ),
    "fanned-out": (
        "The same, most of whose steps are mapped over a fan-out",
        lambda: storm(SEED, runs=scaled(50), moments=scaled(40), victims=ALL, asset="fanned"),
    ),
    "held": (
        "Four such runs at a time with places for all, so that hosts have steps ahead",
        lambda: storm(
            SEED, runs=scaled(50), moments=scaled(80), victims=ALL, asset="sturdy", at_once=4
        ),
    ),
    "held-once": (
        "The same, launcher and code server killed: nothing runs twice",
        lambda: storm(
            SEED, runs=scaled(50), moments=scaled(80), victims=SERVICES, asset="plain", at_once=4
        ),
    ),
    "sharing": (
        "Runs whose ops share a process and raise now and then, all killed, between steps too",
        lambda: storm(
            SEED,
            runs=scaled(200),
            moments=scaled(80),
            victims=ALL,
            asset="sharing",
            op_ms=20,
            pause=0.4,
            at_once=6,
        ),
    ),
    "sharing-once": (
        "Runs whose ops share a process, launcher and code server killed: nothing runs twice",
        lambda: storm(
            SEED,
            runs=scaled(200),
            moments=scaled(80),
            victims=SERVICES,
            asset="in_one",
            op_ms=20,
            pause=0.4,
            at_once=6,
        ),
    ),
    "power-cut": (
        "The home copied while launcher, hosts and steps are stopped, and booted anew",
        lambda: power_cut(SEED, cuts=scaled(5), runs=8, asset="plain"),
    ),
    "cancels": (
        "Cancels at random moments, of trees that cling (TERM grace 0.5 s)",
        lambda: cancels(SEED, count=scaled(1000)),
    ),
    "submits": (
        "Submits racing with one idempotency key while the launcher is killed",
        lambda: submits(SEED, racers=scaled(200), kills=3),
    ),
    "people": (
        "What people do between a kill of the launcher and its next start",
        lambda: people(SEED, runs=scaled(20), kills=scaled(45)),
    ),
    "beside": ("Twenty steps at once, three of them hostile", beside),
    "oom-killer": ("A step that the kernel's out-of-memory killer ends, in a cgroup", oom_killer),
    "full-disk": ("The disk of the home is full for a while", lambda: adversity.full_disk(SEED)),
    "launcher-descriptors": (
        "No descriptor left in the launcher for a while",
        lambda: adversity.under([adversity.no_descriptors_in_the_launcher()], SEED),
    ),
    "host-descriptors": (
        "No descriptor left in the hosts for a while",
        lambda: adversity.under([adversity.no_descriptors_in_hosts()], SEED),
    ),
    "journal": (
        "Launcher and hosts killed, each journal cut in its last record",
        lambda: adversity.under([adversity.cut_journal()], SEED),
    ),
    "stopped": (
        "The launcher stopped for a minute and continued",
        lambda: adversity.under([adversity.stopped_launcher(min(60.0, 60.0 * SCALE))], SEED),
    ),
    "store-refuses": (
        "The database locked, slow, failing, read-only, full, for seconds to minutes",
        lambda: store_refuses(
            SEED, runs=scaled(10), moments=scaled(10), longest=30 * SCALE, minutes=150 * SCALE
        ),
    ),
    "unwritable": ("A home that cannot be written", adversity.unwritable_home),
}


def main() -> int:
    """Run what is asked for; the exit status says whether anything was as it must not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], metavar="SCENARIO")
    parser.add_argument("--write", action="store_true", help=f"write the figures into {REPORT}")
    arguments = parser.parse_args()
    reset_signals()
    texts: dict[str, str] = {}
    faults = 0
    for name in arguments.scenario or SCENARIOS:
        title, run = SCENARIOS[name]
        started = time.monotonic()
        result = run()
        if result is None:
            texts[name] = f"**{title}** (`{name}`): not possible here."
        else:
            texts[name] = section(name, title, result)
            faults += len(result.faults)
        print(texts[name], f"\n({time.monotonic() - started:.0f} s)\n", flush=True)
        for fault in () if result is None else result.faults:
            print(f"FAULT {fault}"[:1000], file=sys.stderr, flush=True)
    if arguments.write:
        write(texts)
    return 1 if faults else 0


def section(name: str, title: str, result: Result) -> str:
    """Write one scenario's figures as Markdown."""
    lines = [f"**{title}** (`{name}`)", ""]
    for what, figure in result.figures().items():
        shown = json.dumps(figure, default=str) if isinstance(figure, dict) else str(figure)
        lines.append(f"- {what}: {shown}")
    return "\n".join(lines)


def write(texts: Mapping[str, str]) -> None:
    """Put the figures between the marks of the report; those of other scenarios stay."""
    text = REPORT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    found, _, after = rest.partition(END)
    head, *sections = re.split(r"\n\n(?=\*\*)", found.strip())
    written = {name: each for name in SCENARIOS for each in sections if f"(`{name}`)" in each}
    about = (
        f"Seed {SEED}, scale {SCALE:g}, on {os.cpu_count()} cores, Linux {platform.release()},"
        f" Python {platform.python_version()}."
    )
    if texts.keys() == SCENARIOS.keys():
        head, written = about, dict(texts)
    else:
        written |= {name: f"{each}\n- taken by itself: {about}" for name, each in texts.items()}
    figures = "\n\n".join(written[name] for name in SCENARIOS if name in written)
    REPORT.write_text(f"{before}{BEGIN}\n{head}\n\n{figures}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
