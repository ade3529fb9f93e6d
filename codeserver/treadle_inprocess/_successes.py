"""What steps that succeeded in a folder were made with, for runs that reuse what is unchanged: a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from treadle.locations.location import LoadedLocation
from treadle_contract import json_codec
from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import element
from treadle_contract.graph import ReachedCode
from treadle_contract.ids import RunId, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import ContractError
from treadle_contract.plan import Reuse, ReusedOutput
from treadle_contract.run import StepState
from treadle_launcher.planning.earlier_steps import Origins, earlier_step
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.step_versions import with_versions
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.store.records import Success
from treadle_launcher.values.file_problems import file_problem

_MOST: Final = 8
"""So many successes of a step are looked at, as a launcher does."""


class Successes:
    """The successes on record in one file. A line that cannot be read counts as none."""

    def __init__(self, record: Path, values: Path) -> None:
        self._record = record
        self._values = values
        self._known: dict[StepKey, list[tuple[EarlierStep, Reuse]]] = {}
        for step, reuse in _read(record):
            self._known.setdefault(step.key, []).append((step, reuse))

    @property
    def last_sequence(self) -> int:
        """The largest sequence on record, 0 for none."""
        return max(
            (step.ended_sequence for each in self._known.values() for step, _ in each), default=0
        )

    def of(self, keys: Iterable[StepKey]) -> tuple[EarlierStep, ...]:
        """Return what became of steps in the runs that ran them last with success, the newest first."""
        found = (each for key in keys for each in self._known.get(key, ())[-_MOST:])
        told = [self._as_stored(step, reuse) for step, reuse in found]
        return tuple(sorted(told, key=lambda step: -step.ended_sequence))

    def outputs(self, key: StepKey, run_id: RunId) -> tuple[ReusedOutput, ...]:
        """Return what a run that reuses a step gets of it."""
        return next(reuse.outputs for step, reuse in self._known[key] if step.from_run_id == run_id)

    def _as_stored(self, step: EarlierStep, reuse: Reuse) -> EarlierStep:
        """Return the step with those outputs lost, and assets not made, whose value is gone."""
        gone = [
            each
            for each in reuse.outputs
            if each.value_ref is not None and file_problem(self._values, each.value_ref)
        ]
        if not gone:
            return step
        lost = {element(each.output, each.mapping_key) for each in gone}
        keys = {each.asset_key for each in gone}
        return replace(
            step,
            stored_outputs=tuple(name for name in step.stored_outputs if name not in lost),
            lost_outputs=tuple(sorted({*step.lost_outputs, *lost})),
            asset_keys=tuple(key for key in step.asset_keys if key not in keys),
        )

    def add(
        self, location: LoadedLocation, view: RunView, sequences: dict[StepKey, tuple[int, int]]
    ) -> None:
        """Put on record the steps that succeeded in a run, each with the sequences of its start and end."""
        manifest = _manifest(location)
        origins = Origins(
            parent=view,
            runs={view.run_id: view},
            manifests={view.run_id: manifest},
            latest={},
            is_stored=lambda ref: not file_problem(self._values, ref),
        )
        lines = []
        for key, (began, ended) in sequences.items():
            if view.steps[key].state is not StepState.SUCCEEDED:
                continue
            planned = view.index.step(key)
            step, outputs = earlier_step(origins, planned)
            success = Success(
                step_key=key, run_id=view.run_id, began_sequence=began, store_sequence=ended
            )
            step = with_versions(origins, planned, step, success)
            reuse = Reuse(step_key=key, from_run_id=view.run_id, outputs=outputs)
            self._known.setdefault(key, []).append((step, reuse))
            lines.append(json_codec.dumps(step) + b"\t" + json_codec.dumps(reuse) + b"\n")
        with self._record.open("ab") as file:
            file.write(b"".join(lines))


def _manifest(location: LoadedLocation) -> CodeManifest:
    snapshot = location.snapshot
    return CodeManifest(
        ops=snapshot.manifest.ops,
        reached={
            key: ReachedCode(step_key=key, digest=each.digest, parts=snapshot.reach.parts_of(key))
            for key, each in snapshot.reach.steps.items()
        },
    )


def _read(record: Path) -> Iterator[tuple[EarlierStep, Reuse]]:
    for line in record.read_bytes().split(b"\n")[:-1] if record.exists() else ():
        step, _, reuse = line.partition(b"\t")
        try:
            yield json_codec.loads(EarlierStep, step), json_codec.loads(Reuse, reuse)
        except ContractError:
            # Then the step runs: it is not known what it was made with.
            continue
