"""That what was timed is what a row says: every op in a process of its own, its value on the disk.

Read from outside: the events of the log, and the values' files below the home.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import treadle_client
from benchmarks.rows import ProofBroken
from treadle._errors import TreadleError
from treadle.io._files import FileStore
from treadle_contract.value import ValueRef


@dataclass(frozen=True, slots=True)
class Proof:
    """What one op wrote, and what the log says of its step."""

    step: str
    told_pid: int
    pid: int
    above: int
    ran_before: int
    at: int


def proven(home: Path, handle: treadle_client.RunHandle, steps: int) -> list[Proof]:
    """Return what each op of a run wrote, in the order of their first lines.

    Raises:
        ProofBroken: the run did not do what is timed.
    """
    proofs = [Proof(step, pid, **note) for step, pid, note in stored(home, handle)]
    if broken := faults(proofs, steps):
        raise ProofBroken(f"of run {handle.run_id}: {'; '.join(broken)}")
    return sorted(proofs, key=lambda proof: proof.at)


def stored(home: Path, handle: treadle_client.RunHandle) -> Iterator[tuple[str, int, Any]]:
    """Yield, of each value on the disk, its step, the step's pid in the log (0: no success), and it."""
    events = list(handle.events())
    pids = {e.step_key: e.pid for e in events if isinstance(e, treadle_client.StepSucceeded)}
    store = FileStore(home / "values")
    for event in events:
        if isinstance(event, treadle_client.OutputStored) and event.value_ref is not None:
            try:
                value = store.read_value(ValueRef(**asdict(event.value_ref)))
            except TreadleError as error:
                raise ProofBroken(f"the value of {event.step_key}: {error}") from error
            yield event.step_key, pids.get(event.step_key, 0), value


def same(run: str, what: str, found: object, must: object) -> None:
    """Check one fact of a run.

    Raises:
        ProofBroken: it is another than it must be.
    """
    if found != must:
        raise ProofBroken(f"{run}: {what}: {found}, not {must}")


def faults(proofs: Sequence[Proof], steps: int) -> list[str]:
    """Return, in words, what is not as it must be."""
    pids = {proof.pid for proof in proofs}
    unsaid = [proof.step for proof in proofs if not proof.told_pid]
    others = [proof.step for proof in proofs if proof.told_pid not in (0, proof.pid)]
    dirty = [proof.step for proof in proofs if proof.ran_before]
    lost = [proof.step for proof in proofs if proof.above and proof.above not in pids]
    named = {
        "no step_succeeded in the log": unsaid,
        "another pid in the log than the op's": others,
        "a global that another op had changed": dirty,
        "an input that no op of the run wrote": lost,
    }
    said = [f"{what}: {names[0]} ({len(names)} ops)" for what, names in named.items() if names]
    if len(proofs) != steps:
        said.append(f"{len(proofs)} values on the disk, of {steps} ops")
    if len(pids) != len(proofs):
        said.append(f"{len(pids)} processes for {len(proofs)} ops")
    return said
