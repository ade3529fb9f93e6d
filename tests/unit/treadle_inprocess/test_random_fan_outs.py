"""Random fan-outs in this process: nested, empty, failing, skipping, each step as the model says."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from hypothesis import given, note
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.model.fan_outs import Run, random_graph, text_of
from treadle import materialize
from treadle.locations.location import definitions_of


def test_each_step_ends_as_the_model_says(tmp_path: Path) -> None:
    @examples(60)
    @given(seed=st.integers(0, 2**64))
    def holds(seed: int) -> None:
        graph = random_graph("g", seed)
        text = text_of([graph])
        note(text)
        module = ModuleType("random_fan_outs")
        vars(module)["__file__"] = str(tmp_path / "random_fan_outs.py")
        exec(compile(text, "random_fan_outs.py", "exec"), vars(module))  # noqa: S102 -- it is ours
        run = Run(graph)

        result = materialize(definitions_of(module).contents.blocks, raise_on_error=False)

        states = {key: state.name for key, state in result.step_states.items()}
        assert states == run.states
        values = [result.asset_value(each.asset_key) for each in result.asset_materializations]
        assert values == ([] if isinstance(run.value, str) else [run.value])

    holds()
