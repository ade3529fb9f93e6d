"""Random modules in this process, run twice: everything as the model says it is of the services."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.model.module_text import module_text
from tests.model.modules import ModuleSpec
from tests.model.random_modules import random_module
from tests.model.runs import Case, Offer, Options, Ran
from tests.model.values import End, Made
from treadle import Definitions, ExecuteInProcessResult, PlanRefused, materialize
from treadle.locations.location import definitions_of
from treadle_contract.event import LogRecord, OutputDiscarded, RunFinished
from treadle_contract.plan import Selection
from treadle_planner import Planner


@dataclass
class InProcess:
    """Runs modules in this process, on one home."""

    home: Path
    definitions: Definitions = field(init=False)

    def serve(self, spec: ModuleSpec) -> None:
        """Run this module from now on."""
        text = module_text(spec)
        note(text)
        module = ModuleType("random_module")
        vars(module)["__file__"] = "random_module.py"
        exec(compile(text, f"{module.__name__}.py", "exec"), vars(module))  # noqa: S102 -- it is ours
        self.definitions = definitions_of(module)

    def refused(self, selection: str, options: Options) -> Offer:
        with pytest.raises(PlanRefused) as caught:
            self._made(selection, options, 0)
        error, accepted = caught.value, frozenset[str]()
        if error.smallest:
            selected = Planner(self.definitions.built.snapshot).named_keys(
                Selection(expressions=(error.smallest,))
            )
            accepted = frozenset(selected)
        return Offer(
            reason=str(error.reason),
            names=frozenset(error.names),
            smallest=error.smallest,
            accepted=accepted,
        )

    def ran(self, selection: str, options: Options, number: int) -> Ran:
        result = self._made(selection, options, number)
        end = result.all_events[-1].payload
        assert isinstance(end, RunFinished)
        return Ran(
            made=_found(result),
            succeeded=result.success,
            materialization_count=end.materialization_count,
            unexpected_count=end.unexpected_count,
        )

    def _made(self, selection: str, options: Options, number: int) -> ExecuteInProcessResult:
        contents = self.definitions.contents
        return materialize(
            (*contents.blocks, *contents.specs),
            selection=selection,
            instance=self.home,
            tags={"run": str(number)},
            raise_on_error=False,
            **options.given(),
        )


def _found(result: ExecuteInProcessResult) -> Made:
    made = result.asset_materializations
    facts = [(each.step_key, each.payload) for each in result.all_events]
    return Made(
        ends={key: End(state.name) for key, state in result.step_states.items()},
        saw={key: each.message.head for key, each in facts if isinstance(each, LogRecord)},
        written={each.asset_key.text: each.unexpected for each in made},
        values={each.asset_key.text: result.asset_value(each.asset_key) for each in made},
        discarded=frozenset(
            (key, each.output) for key, each in facts if isinstance(each, OutputDiscarded)
        ),
    )


def test_two_runs_in_a_row_do_and_store_what_the_model_says(tmp_path: Path) -> None:
    numbers = itertools.count()

    @examples(60)
    @given(size=st.integers(1, 10), seed=st.integers(0, 2**64), changes=st.booleans())
    def holds(size: int, seed: int, changes: bool) -> None:
        # Assets of their own for each example: the record is of the whole home.
        prefix = f"e{next(numbers)}"
        case = Case(runner=InProcess(tmp_path), rng=random.Random(seed))

        case.serve(random_module(size, seed, prefix))
        case.run(1)
        if changes:
            # Of assets that still have their names, the values are those that older code made.
            case.serve(random_module(size, seed + 1, prefix))
        case.run(2)

    holds()
