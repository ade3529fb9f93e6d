"""Random fan-outs through all processes: a run that fails, and one that goes on from it, as the model says."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.model.examples import FACTOR
from tests.model.fan_outs import Run, random_graph, text_of
from treadle_client import RunHandle, local

SEED = 30248


def ends(run: RunHandle) -> dict[str, str]:
    return {step.key: step.state.name for step in run.steps()}


def test_runs_and_those_that_go_on_from_them_are_as_the_model_says(tmp_path: Path) -> None:
    factor = int(os.environ.get(FACTOR, "0"))
    seed = random.randrange(2**32) if factor else SEED
    graphs = [random_graph(f"g{number}", seed + number) for number in range(factor or 8)]
    module = tmp_path / "random_fan_outs.py"
    module.write_text(text_of(graphs))
    print(f"the first seed is {seed}")

    with local(module, home=tmp_path / "home") as client:
        for graph in graphs:
            (tmp_path / "repaired").unlink(missing_ok=True)
            (tmp_path / "ran").unlink(missing_ok=True)
            first, second = Run(graph), Run(graph, repaired=True)
            parent = client.materialize(graph.name)
            parent.result(timeout=60)
            assert ends(parent) == first.states
            if not isinstance(first.value, str):
                assert client.load(graph.name) == first.value
            if "FAILED" not in first.states.values():
                continue

            (tmp_path / "repaired").touch()
            (tmp_path / "ran").unlink()
            again = client.rerun(parent.run_id)
            again.result(timeout=60)

            assert ends(again) == second.states
            done = {key for key, state in first.states.items() if state == "SUCCEEDED"}
            wanted = {key for key, state in second.states.items() if state == "SUCCEEDED"} - done
            assert sorted((tmp_path / "ran").read_text().split()) == sorted(wanted)
            if not isinstance(second.value, str):
                assert client.load(graph.name) == second.value
