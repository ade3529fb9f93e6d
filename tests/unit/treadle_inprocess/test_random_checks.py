"""Random modules with checks in this process: everything as the model says it is of the services."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import ModuleType

from hypothesis import given, note
from hypothesis import strategies as st

from tests.model.checked import Checked, Found, Run, checked_text, random_checked, random_run
from tests.model.checked import selection as text_of
from tests.model.examples import examples
from treadle import Definitions, ExecuteInProcessResult, materialize
from treadle.locations.location import definitions_of


def _served(module: Checked) -> Definitions:
    text = checked_text(module)
    note(text)
    made = ModuleType("random_checks")
    vars(made)["__file__"] = "random_checks.py"
    exec(compile(text, "random_checks.py", "exec"), vars(made))  # noqa: S102 -- it is ours
    return definitions_of(made)


def _found(result: ExecuteInProcessResult) -> Found:
    return Found(
        ends={key: state.name for key, state in result.step_states.items()},
        said={
            each.asset_check_key.text: (
                each.step_key,
                each.passed,
                each.severity.value,
                each.blocking,
                each.description,
                each.metadata["n"],
            )
            for each in result.get_asset_check_evaluations()
        },
        values={
            each.asset_key.text: result.asset_value(each.asset_key)
            for each in result.asset_materializations
        },
    )


def test_two_runs_in_a_row_say_what_the_model_says(tmp_path: Path) -> None:
    numbers = itertools.count()

    @examples(60)
    @given(
        size=st.integers(1, 6),
        seed=st.integers(0, 2**64),
        isolation=st.sampled_from([None, "op", "asset", "run"]),
    )
    def holds(size: int, seed: int, isolation: str | None) -> None:
        module = random_checked(size, seed, f"e{next(numbers)}")
        definitions = _served(module)

        def ran(selection: str) -> Found:
            note(selection)
            return _found(
                materialize(
                    definitions.contents.blocks,
                    selection=selection,
                    instance=tmp_path,
                    raise_on_error=False,
                    isolation=isolation,
                )
            )

        whole = Run(
            module=module,
            assets=frozenset(module.assets),
            checks=frozenset(module.checks),
            recorded={},
        )
        first = whole.found()
        assert ran("*") == first
        part = random_run(module, first.values, seed + 1)
        if part.is_possible and (part.assets or part.checks):
            assert ran(text_of(part)) == part.found()

    holds()
