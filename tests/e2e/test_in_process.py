"""Modules through the services and in this process: the same outcome."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TypeAlias

import pytest

import treadle_client
from tests.e2e.conftest import ASSETS, Session, Start
from treadle import ExecuteInProcessResult, materialize
from treadle.locations._definitions import Definitions
from treadle.locations.location import definitions_of
from treadle_contract.event import LogRecord, OutputDiscarded

#: Each with the config that all of it asks for.
MODULES: dict[str, object] = {
    "config.py": {
        "ops": {
            "open_graph": {"ops": {"fetch": {"config": {"day": "today"}}}},
            "mapped": {"config": {"day": "tomorrow"}},
        }
    },
    "falls_short.py": None,
    "resources.py": {"resources": {"later": {"config": {"url": "told"}}}},
    "seed_chain.py": None,
    "seed_first.py": None,
    "seed_sibling.py": None,
    "seed_subset.py": None,
    "seed_two_assets.py": None,
    "seed_unexpected.py": None,
}

Outcome: TypeAlias = dict[str, object]


@contextmanager
def defined(file: Path) -> Iterator[Definitions]:
    """Import a module for a while, and give what it defines."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[file.stem] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        yield definitions_of(module)
    finally:
        del sys.modules[file.stem]


def served(session: Session, result: treadle_client.RunResult) -> Outcome:
    events = list(session.events(result.run_id))
    return {
        "states": {key: step.state.name for key, step in result.steps.items()},
        "failures": {
            key: step.failure.message for key, step in result.steps.items() if step.failure
        },
        "made": [
            (each.asset_key, each.unexpected, dict(each.metadata))
            for each in result.materializations
        ],
        "logged": [
            (each.step_key, str(each.message))
            for each in events
            if isinstance(each, treadle_client.LogRecord)
        ],
        "discarded": [
            (each.step_key, each.output)
            for each in events
            if isinstance(each, treadle_client.OutputDiscarded)
        ],
    }


def in_process(result: ExecuteInProcessResult) -> Outcome:
    facts = [(each.step_key, each.payload) for each in result.all_events]
    return {
        "states": {key: state.name for key, state in result.step_states.items()},
        "failures": {key: failure.message for key, failure in result.failures.items()},
        "made": [
            (each.asset_key.text, each.unexpected, dict(each.metadata))
            for each in result.asset_materializations
        ],
        "logged": [(key, each.message.head) for key, each in facts if isinstance(each, LogRecord)],
        "discarded": [
            (key, each.output) for key, each in facts if isinstance(each, OutputDiscarded)
        ],
    }


def in_any_order(outcome: Outcome) -> Outcome:
    """Return an outcome without the order in which steps ended, which is not the services' to promise."""
    return {
        name: sorted(map(repr, each)) if isinstance(each, list) else each
        for name, each in outcome.items()
    }


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.usefixtures("scratch")
def test_a_module_does_the_same_in_this_process(shared: Start, name: str) -> None:
    session = shared(name)
    with defined(ASSETS / name) as definitions:
        contents = definitions.contents

        here = materialize(
            [*contents.blocks, *contents.specs],
            resources=contents.resources,
            run_config=MODULES[name],
            raise_on_error=False,
        )

        there = session.client.materialize(config=MODULES[name]).result(timeout=60)
        assert in_any_order(in_process(here)) == in_any_order(served(session, there))
