"""A workbench that runs single steps of real definitions with values in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from treadle import AssetsDefinition, Definitions
from treadle.io._files import FileStore
from treadle.locations.location import LoadedLocation, build_location
from treadle.locations.snapshot import Step
from treadle.steps.execution import StepFailedError, run_step
from treadle_contract.event import InputLoaded, OutputStored
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import UnselectedOutputs
from treadle_contract.worker import (
    AttemptSucceeded,
    Task,
    TaskAsset,
    TaskInput,
    TaskOutput,
    TaskSource,
    TaskStep,
)

TASK = Task(run_id=RunId("run-1"), run_tags={"team": "blue"})


@dataclass
class Bench:
    """Runs steps. `loaded` is what the last one said of its inputs."""

    store: FileStore
    loaded: list[InputLoaded] = field(default_factory=list)

    def location(
        self, *assets: AssetsDefinition, resources: Mapping[str, object] | None = None
    ) -> LoadedLocation:
        return build_location([("test", Definitions(assets=assets, resources=resources))])

    def task(  # noqa: PLR0913 -- what a plan says of a step
        self,
        location: LoadedLocation,
        step_key: str,
        *,
        select: Iterable[str] | None = None,
        inputs: Iterable[TaskInput] = (),
        mode: UnselectedOutputs = UnselectedOutputs.MATERIALIZE,
        attempt: int = 1,
    ) -> TaskStep:
        """Plan naively: `select` names outputs, all by default; intermediates are stored."""
        (step,) = [each for each in location.snapshot.steps if each.key == step_key]
        names = frozenset(select if select is not None else (o.name for o in step.outputs))
        own = "io_manager" not in location.resources
        outputs = tuple(
            TaskOutput(
                name=out.name,
                selected=out.name in names,
                must_yield=out.is_required and out.name in names,
                nothing=out.nothing,
                assets=tuple(
                    TaskAsset(
                        asset_key=key,
                        selected=out.name in names,
                        io_manager_key=self._manager(location, key),
                        value_key=f"assets/{key}/{attempt}"
                        if own and self._manager(location, key) == "io_manager"
                        else "",
                    )
                    for key in out.asset_keys
                ),
                store_intermediate=not out.asset_keys and not out.nothing and out.name in names,
                io_manager_key=out.manager_key,
                value_key=f"runs/{step_key.replace('.', '-')}/{attempt}/{out.name}"
                if own and out.manager_key == "io_manager"
                else "",
            )
            for out in step.outputs
        )
        return TaskStep(
            step_key=StepKey(step_key),
            attempt=attempt,
            selected_outputs=tuple(sorted(names)),
            selected_asset_keys=tuple(sorted(self._keys(step, names))),
            inputs=tuple(inputs),
            outputs=outputs,
            unselected_outputs=mode,
        )

    def run(
        self,
        *assets: AssetsDefinition,
        step: str,
        resources: Mapping[str, object] | None = None,
        **planned: Any,
    ) -> AttemptSucceeded:
        location = self.location(*assets, resources=resources)
        return self.run_task(location, self.task(location, step, **planned))

    def run_task(self, location: LoadedLocation, task: TaskStep) -> AttemptSucceeded:
        self.loaded.clear()
        return run_step(location, task, TASK, store=self.store, loaded=self.loaded.append)

    def failure(self, *assets: AssetsDefinition, step: str, **planned: Any) -> StepFailedError:
        with pytest.raises(StepFailedError) as raised:
            self.run(*assets, step=step, **planned)
        return raised.value

    def value(self, stored: OutputStored) -> object:
        assert stored.value_ref is not None
        return self.store.read_value(stored.value_ref)

    def values(self, result: AttemptSucceeded) -> dict[str, object]:
        """Return what was stored in files, by asset, an intermediate by "output:" and its name."""
        return {
            each.asset_key or f"output:{each.output}": self.value(each) for each in result.stored
        }

    def source(self, value: object, name: str = "u", *, asset: bool = True) -> TaskSource:
        """Store a value and say where it is."""
        ref = self.store.write_value(f"given/{name}", value)
        return TaskSource(
            io_manager_key="io_manager",
            value_ref=ref,
            asset_key=KeyText(name if asset else ""),
            run_id=RunId("run-0"),
            step_key=StepKey(name),
            output="result",
        )

    def reads(self, argument: str, value: object) -> TaskInput:
        return TaskInput(name=argument, sources=(self.source(value, f"for_{argument}"),))

    @staticmethod
    def _keys(step: Step, names: frozenset[str]) -> frozenset[KeyText]:
        return frozenset(key for out in step.outputs if out.name in names for key in out.asset_keys)

    @staticmethod
    def _manager(location: LoadedLocation, key: KeyText) -> str:
        (asset,) = [each for each in location.snapshot.assets if each.key == key]
        return asset.manager_key


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(store=FileStore(tmp_path / "values"))
