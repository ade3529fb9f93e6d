"""Runs of random modules, wherever they run, beside what the model says of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Protocol

from hypothesis import event, note

from tests.model.flattened import Flattened, flattened
from tests.model.modules import ModuleSpec
from tests.model.rules import Asked
from tests.model.values import End, Made, Refused, Value, made, refusal
from treadle_contract.ids import KeyText
from treadle_contract.plan import Isolation, Siblings, UnselectedOutputs


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a run is asked for. `pinned`: by a plan that was shown before, where there is one."""

    asked: Asked
    tries: bool
    pinned: bool
    isolation: Isolation | None

    def given(self) -> dict[str, str | None]:
        """Return the arguments that say it."""
        return {
            "siblings": self.asked.siblings,
            "unselected_outputs": self.asked.unselected_outputs,
            "unrecorded_loads": "try" if self.tries else None,
            "isolation": self.isolation,
        }


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a run did, and what it says of itself."""

    made: Made
    succeeded: bool
    materialization_count: int
    unexpected_count: int


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A refusal. `smallest` selects `accepted`; "" nothing."""

    reason: str
    names: frozenset[str]
    smallest: str
    accepted: frozenset[str]


class Runner(Protocol):
    """Where modules run."""

    def serve(self, spec: ModuleSpec) -> None:
        """Run this module from now on."""

    def refused(self, selection: str, options: Options) -> Offer:
        """Have a selection refused."""

    def ran(self, selection: str, options: Options, number: int) -> Ran:
        """Run a selection, with this number for its tag `run`."""


@dataclass(kw_only=True)
class Case:
    """A module, and what runs have stored so far, by the model."""

    runner: Runner
    rng: random.Random
    flat: Flattened = field(init=False)
    recorded: dict[KeyText, Value] = field(default_factory=dict)

    def serve(self, spec: ModuleSpec) -> None:
        """Run this module from now on."""
        self.runner.serve(spec)
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
        ran = self.runner.ran(selection, options, number)
        assert ran.made == expected
        assert ran.succeeded == (End.FAILED not in expected.ends.values())
        assert ran.materialization_count == len(expected.written)
        assert ran.unexpected_count == sum(expected.written.values())
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
        offer = self.runner.refused(selection, options)
        assert offer.reason == refused.reason
        assert offer.names == refused.names
        if offer.smallest:
            assert offer.accepted == refused.accepted
        return offer.smallest
