"""A large array from op to op: what storing and loading it adds to a step.

Timed from the line behind which one op returns to the first line of the next. Storing: in a run of an op
that returns nothing large, and of one whose array becomes an asset. Loading: in a run whose second op reads
nothing, and in one whose second op reads that asset.
"""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy

from benchmarks import limits, proofs, user_code
from benchmarks.bench import Bench, Session, session
from benchmarks.rows import Beside, Found, Row, Target

#: By name what is selected. A value that nobody reads and that is no asset is not stored.
RUNS = {
    "nothing_stored": "nothing_stored",
    "only_stored": "array or only_stored",
    "nothing_loaded": "nothing_loaded",
    "loaded": "loaded",
}


def values(bench: Bench) -> Found:
    """Measure store and load of an array, each time on a new home, beside a raw write and a map."""
    size = bench.of(1_000_000_000, 8_000_000)
    note = bench.folder / "made_at"
    file = bench.file("values.py", user_code.values(size, note))
    taken: dict[str, list[float]] = {name: [] for name in (*RUNS, "written", "mapped")}
    for _ in bench.repeats(3, 1):
        raw = bench.folder / "raw"
        taken["written"].append(limits.raw_write(raw, numpy.ones(size // 8).data.cast("B")))
        taken["mapped"].append(limits.mapping(raw))
        raw.unlink()
        with session(bench, file) as live:
            live.run("nothing_stored")
            for name in RUNS:
                taken[name].append(_between(live, name, note, size))
    ms = {name: statistics.median(times) for name, times in taken.items()}
    of = f"array of {size / 1e6:,.0f} MB, op to op"
    yield Row(
        f"{of}: store",
        ms["only_stored"] - ms["nothing_stored"],
        "ms",
        (Beside("raw write", ms["written"]),),
        Target(1.2 * ms["written"], "1.2 of the raw write"),
    )
    yield Row(
        f"{of}: load",
        ms["loaded"] - ms["nothing_loaded"],
        "ms",
        (Beside("mapping a file", ms["mapped"]),),
        Target(10.0),
    )


def _between(live: Session, name: str, note: Path, size: int) -> float:
    """Return the time from the value's making to the next op's first line; prove the run."""
    handle = live.run(RUNS[name])
    wrote = {step.rpartition(".")[2]: rest for step, *rest in proofs.stored(live.home, handle)}
    maker, made = wrote.pop("large", [0, numpy.empty(0)])
    [(told, after)] = wrote.values()
    kept = size if name == "only_stored" else 0
    proofs.same(name, "bytes on the disk", made.nbytes, kept)
    proofs.same(name, "a maker of its own in the log", maker not in (0, after["pid"]), kept > 0)
    proofs.same(name, "pid in the log", told, after["pid"])
    if name == "loaded":
        proofs.same(name, "array that was read", (after["bytes"], after["last"]), (size, 1.0))
    return float(int(after["at"]) - int(note.read_text())) / 1e6
