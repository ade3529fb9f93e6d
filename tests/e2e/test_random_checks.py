"""Random modules with checks through the services: everything as the model says it is in process."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import given, note
from hypothesis import strategies as st

import treadle_client
from tests.e2e.conftest import Session, Start
from tests.model.checked import Checked, Found, Run, checked_text, random_checked, random_run
from tests.model.checked import selection as text_of
from tests.model.examples import examples
from treadle_client import LocationState


def _found(session: Session, result: treadle_client.RunResult) -> Found:
    return Found(
        ends={key: step.state.value for key, step in result.steps.items()},
        said={
            f"{each.asset_key}:{each.check_name}": (
                each.step_key,
                each.passed,
                str(each.severity),
                each.blocking,
                each.description,
                each.metadata["n"],
            )
            for each in result.get_asset_check_evaluations()
        },
        values={
            each.asset_key: str(session.read(each.value_ref)) if each.value_ref else ""
            for each in result.materializations
        },
    )


def test_two_runs_in_a_row_say_what_the_model_says(start: Start, tmp_path: Path) -> None:
    target = tmp_path / "random_checks.py"
    target.write_text(checked_text(random_checked(1, 0, "first")), encoding="utf-8")
    session = start(target)
    numbers = itertools.count()

    def served(module: Checked) -> None:
        text = checked_text(module)
        note(text)
        target.write_text(text, encoding="utf-8")
        assert session.client.reload().location.state is LocationState.SERVING

    @examples(3)
    @given(
        size=st.integers(1, 6),
        seed=st.integers(0, 2**64),
        isolation=st.sampled_from([None, "op", "asset", "run"]),
    )
    def holds(size: int, seed: int, isolation: str | None) -> None:
        module = random_checked(size, seed, f"e{next(numbers)}")
        served(module)

        whole = Run(
            module=module,
            assets=frozenset(module.assets),
            checks=frozenset(module.checks),
            recorded={},
        )
        first = whole.found()
        assert _found(session, session.run("*", isolation=isolation)) == first
        part = random_run(module, first.values, seed + 1)
        if part.is_possible and (part.assets or part.checks):
            asked = text_of(part)
            note(asked)
            assert _found(session, session.run(asked, isolation=isolation)) == part.found()

    holds()
