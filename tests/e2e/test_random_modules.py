"""Random modules through all three processes, run twice: everything as the model says it is."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

import treadle_client
from tests.e2e.conftest import Session, Start
from tests.model.examples import examples
from tests.model.flattened import Flattened, flattened
from tests.model.module_text import module_text
from tests.model.random_modules import random_module
from tests.model.rules import Asked
from tests.model.values import Made, Refused, Value, made, refusal
from treadle.snapshot import KeyText, Siblings, UnselectedOutputs
from treadle_client import LocationState, SelectionError


@dataclass
class Case:
    """One module that is served, and what its runs have stored so far, by the model."""

    session: Session
    flat: Flattened
    rng: random.Random
    recorded: dict[KeyText, Value] = field(default_factory=dict)

    def asked(self) -> Asked:
        """Draw a selection and options."""
        keys = [asset.key for asset in self.flat.snapshot.assets if not asset.is_external]
        count = self.rng.choice((1, 1, 2, 3, len(keys)))
        return Asked(
            keys=frozenset(self.rng.sample(keys, min(count, len(keys)))),
            siblings=self.rng.choice((None, None, None, *Siblings)),
            unselected_outputs=self.rng.choice((None, None, None, *UnselectedOutputs)),
        )

    def run(self, asked: Asked, number: int) -> None:
        """Launch what is asked, or what is offered instead, and compare everything."""
        refused = refusal(self.flat.snapshot, asked, self.recorded)
        event(f"run {number}: {refused.reason if refused else 'accepted'}")
        selection = " or ".join(sorted(asked.keys))
        if refused is not None:
            selection = self.offered(selection, asked, refused)
            if refused.accepted is None:
                assert selection == ""
                return
            asked = replace(asked, keys=refused.accepted)
        expected = made(self.flat, asked, self.recorded, str(number))
        assert expected.ends, "a selection runs something"
        handle = self.session.client.materialize(
            selection,
            siblings=asked.siblings,
            unselected_outputs=asked.unselected_outputs,
            tags={"run": str(number)},
        )
        result = handle.result(timeout=60)
        assert self.found(result) == expected
        assert result.succeeded == ("FAILED" not in expected.ends.values())
        self.recorded |= expected.values
        for end in sorted(set(expected.ends.values())):
            event(f"a step {end}")
        event(f"unexpected: {any(expected.written.values())}")

    def offered(self, selection: str, asked: Asked, refused: Refused) -> str:
        """Have the selection refused; return the one that is offered, which is accepted."""
        with pytest.raises(SelectionError) as caught:
            self.plan(selection, asked)
        assert caught.value.reason == refused.reason
        assert set(caught.value.names) == refused.names
        if caught.value.smallest:
            plan = self.plan(caught.value.smallest, asked)
            assert frozenset(plan.selected_asset_keys) == refused.accepted
        return caught.value.smallest

    def plan(self, selection: str, asked: Asked) -> treadle_client.Plan:
        return self.session.client.plan(
            selection, siblings=asked.siblings, unselected_outputs=asked.unselected_outputs
        )

    def found(self, result: treadle_client.RunResult) -> Made:
        """Return what a run did, as the model says it."""
        events = self.session.events(result.run_id)
        return Made(
            ends={key: step.state for key, step in result.steps.items()},
            saw={
                each.step_key: each.message.whole()
                for each in events
                if isinstance(each, treadle_client.LogRecord)
            },
            written={each.asset_key: each.unexpected for each in result.materializations},
            values={
                each.asset_key: self.session.read(each.value_ref) if each.value_ref else None
                for each in result.materializations
            },
            discarded=frozenset(
                (each.step_key, each.output)
                for each in events
                if isinstance(each, treadle_client.OutputDiscarded)
            ),
        )


def test_two_runs_in_a_row_do_and_store_what_the_model_says(start: Start, tmp_path: Path) -> None:
    target = tmp_path / "random_module.py"
    target.write_text(module_text(random_module(1, 0)), encoding="utf-8")
    session = start(target)
    numbers = itertools.count()

    @examples(15)
    @given(size=st.integers(1, 10), seed=st.integers(0, 2**64))
    def holds(size: int, seed: int) -> None:
        # Assets of their own for each example: the record is of the whole home.
        spec = random_module(size, seed, prefix=f"e{next(numbers)}")
        text = module_text(spec)
        note(text)
        target.write_text(text, encoding="utf-8")
        report = session.client.reload()
        assert report.location.state is LocationState.SERVING, report
        case = Case(session, flattened(spec), random.Random(seed))

        case.run(case.asked(), 1)
        case.run(case.asked(), 2)

    holds()
