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
from tests.model.modules import ModuleSpec
from tests.model.random_modules import random_module
from tests.model.rules import Asked
from tests.model.values import End, Made, Refused, Value, made, refusal
from treadle_client import LocationState, SelectionError
from treadle_contract.ids import KeyText
from treadle_contract.plan import Isolation, Siblings, UnselectedOutputs


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a run is asked for."""

    asked: Asked
    tries: bool
    pinned: bool
    isolation: Isolation | None

    def given(self) -> dict[str, str | None]:
        """Return the arguments of the client that say it."""
        return {
            "siblings": self.asked.siblings,
            "unselected_outputs": self.asked.unselected_outputs,
            "unrecorded_loads": "try" if self.tries else None,
            "isolation": self.isolation,
        }


@dataclass(kw_only=True)
class Case:
    """A module that is served, and what runs have stored so far, by the model."""

    session: Session
    target: Path
    rng: random.Random
    flat: Flattened = field(init=False)
    recorded: dict[KeyText, Value] = field(default_factory=dict)

    def serve(self, spec: ModuleSpec) -> None:
        """Let the code server have this module."""
        text = module_text(spec)
        note(text)
        self.target.write_text(text, encoding="utf-8")
        report = self.session.client.reload()
        assert report.location.state is LocationState.SERVING, report
        self.flat = flattened(spec)

    def run(self, number: int) -> None:
        """Ask for something, launch it, or what is offered instead, and compare everything."""
        options = self.options()
        asked = options.asked
        refused = refusal(self.flat.snapshot, asked, self.recorded, tries=options.tries)
        note(f"run {number}: {options}")
        event(f"run {number}: {refused.reason if refused else 'accepted'}")
        selection = " or ".join(sorted(asked.keys))
        if refused is not None:
            selection = self.offered(selection, options, refused)
            if refused.accepted is None:
                assert selection == ""
                return
            asked = replace(asked, keys=refused.accepted)
        expected = made(self.flat, asked, self.recorded, str(number))
        result = self.launched(selection, options, number)
        assert self.found(result) == expected
        assert result.succeeded == (End.FAILED not in expected.ends.values())
        (end,) = (
            each
            for each in self.session.events(result.run_id)
            if isinstance(each, treadle_client.RunFinished)
        )
        assert end.materialization_count == len(expected.written)
        assert end.unexpected_count == sum(expected.written.values())
        self.recorded |= expected.values
        # What is Nothing has no value that could be loaded.
        self.recorded = {key: value for key, value in self.recorded.items() if value is not None}
        for end in sorted(set(expected.ends.values())):
            event(f"a step {end}")
        event(f"unexpected: {any(expected.written.values())}")

    def options(self) -> Options:
        keys = [asset.key for asset in self.flat.snapshot.assets if not asset.is_external]
        count = self.rng.choice((1, 1, 2, 3, len(keys)))
        asked = Asked(
            keys=frozenset(self.rng.sample(keys, min(count, len(keys)))),
            siblings=self.rng.choice((None, None, None, *Siblings)),
            unselected_outputs=self.rng.choice((None, None, None, *UnselectedOutputs)),
        )
        return Options(
            asked=asked,
            tries=self.rng.random() < 0.15,
            pinned=self.rng.random() < 0.5,
            isolation=self.rng.choice((None, *Isolation)),
        )

    def offered(self, selection: str, options: Options, refused: Refused) -> str:
        """Have the selection refused; return the one that is offered, which is accepted."""
        client = self.session.client
        with pytest.raises(SelectionError) as caught:
            client.plan(selection, **options.given())
        assert caught.value.reason == refused.reason
        assert set(caught.value.names) == refused.names
        if caught.value.smallest:
            plan = client.plan(caught.value.smallest, **options.given())
            assert frozenset(plan.selected_asset_keys) == refused.accepted
        return caught.value.smallest

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
        case = Case(session=session, target=target, rng=random.Random(seed))

        case.serve(random_module(size, seed, prefix))
        case.run(1)
        if changes:
            # Of assets that still have their names, the values are those that older code made.
            case.serve(random_module(size, seed + 1, prefix))
        case.run(2)

    holds()
