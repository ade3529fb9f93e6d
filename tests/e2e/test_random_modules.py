"""Random modules through all three processes, run twice: everything as the model says it is."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

import treadle_client
from tests.e2e.conftest import Session, Start
from tests.model.examples import examples
from tests.model.module_text import module_text
from tests.model.modules import ModuleSpec
from tests.model.random_modules import random_module
from tests.model.runs import Case, Offer, Options, Ran
from tests.model.values import Made
from treadle_client import LocationState, SelectionError


@dataclass(frozen=True)
class Served:
    """Runs modules through the services."""

    session: Session
    target: Path

    def serve(self, spec: ModuleSpec) -> None:
        """Let the code server have this module."""
        text = module_text(spec)
        note(text)
        self.target.write_text(text, encoding="utf-8")
        report = self.session.client.reload()
        assert report.location.state is LocationState.SERVING, report

    def refused(self, selection: str, options: Options) -> Offer:
        client = self.session.client
        with pytest.raises(SelectionError) as caught:
            client.plan(selection, **options.given())
        error, accepted = caught.value, frozenset[str]()
        if error.smallest:
            plan = client.plan(error.smallest, **options.given())
            accepted = frozenset(plan.selected_asset_keys)
        return Offer(
            reason=error.reason,
            names=frozenset(error.names),
            smallest=error.smallest,
            accepted=accepted,
        )

    def ran(self, selection: str, options: Options, number: int) -> Ran:
        result = self.launched(selection, options, number)
        (end,) = (
            each
            for each in self.session.events(result.run_id)
            if isinstance(each, treadle_client.RunFinished)
        )
        return Ran(
            made=self.found(result),
            succeeded=result.succeeded,
            materialization_count=end.materialization_count,
            unexpected_count=end.unexpected_count,
        )

    def launched(self, selection: str, options: Options, number: int) -> treadle_client.RunResult:
        client, tags = self.session.client, {"run": str(number)}
        if options.pinned:
            plan = client.plan(selection, **options.given())
            handle = client.materialize(plan=plan, tags=tags)
        else:
            handle = client.materialize(selection, tags=tags, **options.given())
        return handle.result(timeout=60)

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

    @examples(3)
    @given(size=st.integers(1, 10), seed=st.integers(0, 2**64), changes=st.booleans())
    def holds(size: int, seed: int, changes: bool) -> None:
        # Assets of their own for each example: the record is of the whole home.
        prefix = f"e{next(numbers)}"
        case = Case(runner=Served(session, target), rng=random.Random(seed))

        case.serve(random_module(size, seed, prefix))
        case.run(1)
        if changes:
            # Of assets that still have their names, the values are those that older code made.
            case.serve(random_module(size, seed + 1, prefix))
        case.run(2)

    holds()
