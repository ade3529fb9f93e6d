"""Every use case in this process, and through the services: what is expected, and the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import treadle_client
from tests.usecases.conftest import Services
from tests.usecases.registry import CASES
from tests.usecases.running import MODULES, Asked, Outcome, defined, in_process, served
from treadle import PlanRefused

REFUSALS = (treadle_client.SelectionError, treadle_client.ConfigError)


def assert_as_asked(outcome: Outcome, asked: Asked, folder: Path) -> None:
    """Check all that is expected of a run."""
    assert outcome.failures.keys() == asked.failures.keys(), outcome.failures
    for step, words in asked.failures.items():
        assert words in outcome.failures[step]
    assert outcome.not_succeeded == asked.steps
    # A manager of the user's own keeps a value where its own process alone finds it.
    assert outcome.made == set(asked.values)
    assert outcome.values == {key: asked.values[key] for key in outcome.values}
    for key, entries in asked.metadata.items():
        assert outcome.metadata[key] == entries
    assert outcome.unexpected == asked.unexpected
    assert outcome.checks == asked.checks
    assert asked.says is None or outcome.said == asked.says
    for name, text in asked.files.items():
        assert (folder / name).read_text(encoding="utf-8") == text


def apart(outcome: Outcome, folder: Path) -> Outcome:
    """Return an outcome without where it came to be: whose folder it was, and which values can be read."""
    metadata = {
        key: {
            name: value.replace(str(folder), "FOLDER") if isinstance(value, str) else value
            for name, value in entries.items()
        }
        for key, entries in outcome.metadata.items()
    }
    return replace(outcome, values={}, metadata=metadata)


@pytest.mark.parametrize("name", CASES)
def test_in_process(name: str, modules: Path, tmp_path: Path, scratch: Path) -> None:
    with defined(modules / name) as definitions:
        for asked in CASES[name].runs:
            if asked.refused:
                with pytest.raises(PlanRefused, match=asked.refused):
                    in_process(definitions, asked, tmp_path / "home")
            else:
                outcome = in_process(definitions, asked, tmp_path / "home")
                assert_as_asked(outcome, asked, scratch)


@pytest.mark.parametrize("name", CASES)
def test_through_the_services(
    name: str, modules: Path, services: Services, tmp_path: Path, scratch: Path
) -> None:
    with defined(modules / name) as definitions:
        for asked in CASES[name].runs:
            if asked.refused:
                with pytest.raises(REFUSALS, match=asked.refused) as there:
                    served(services.client, asked)
                with pytest.raises(PlanRefused) as here:
                    in_process(definitions, asked, tmp_path / "home")
                assert str(there.value) == str(here.value)
            else:
                outcome = served(services.client, asked)
                assert_as_asked(outcome, asked, services.scratch)
                here_too = in_process(definitions, asked, tmp_path / "home")
                assert apart(outcome, services.scratch) == apart(here_too, scratch)


def test_every_module_is_a_case_or_part_of_one() -> None:
    files = {str(each.relative_to(MODULES)) for each in MODULES.rglob("*.py")}

    assert files - set(CASES) == {"assets/gathered_from.py"}


def test_ten_shapes_of_public_projects_are_written_for_dagster() -> None:
    shapes = [file for file in MODULES.glob("shapes/*.py") if "dagster" in file.read_text("utf-8")]

    assert len(shapes) >= 10


def test_there_are_eighty_cases_at_least() -> None:
    assert len(CASES) >= 80
