"""Use cases: what is asked of a module, what must come of it, and the same asked in two ways."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import treadle
import treadle_client
from treadle import ExecuteInProcessResult
from treadle.locations._definitions import Definitions
from treadle.locations.location import definitions_of

MODULES = Path(__file__).resolve().parent / "modules"
#: The variable that names the folder that modules may write to.
SCRATCH = "TREADLE_TEST_SCRATCH"


@dataclass(frozen=True)
class Checked:
    """The result of a check."""

    passed: bool
    severity: str = "ERROR"
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One run, and what it must come to. What is not named must have succeeded.

    `values` are those of all assets that are made, `checks` the results of all checks, by "asset:name". `steps` are the states of steps that did not succeed,
    `failures` words in their messages, `metadata` entries of assets, `says` what ops logged.
    `refused` is a word of the refusal of a run that must not start; `files` what lies in the scratch folder.
    """

    select: str | None = None
    job: str | None = None
    config: Any = None
    tags: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    says: tuple[str, ...] | None = None
    unexpected: tuple[str, ...] = ()
    checks: Mapping[str, Checked] = field(default_factory=dict)
    refused: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A module, and the runs that are asked of it, one after the other on one home."""

    module: str
    runs: tuple[Asked, ...]


def case(module: str, *runs: Asked) -> Case:
    """Write a case."""
    return Case(module, runs)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a run, in the same words whoever ran it."""

    states: dict[str, str]
    failures: dict[str, str]
    values: dict[str, object]
    metadata: dict[str, dict[str, object]]
    unexpected: tuple[str, ...]
    checks: dict[str, Checked]
    said: tuple[str, ...]

    @property
    def not_succeeded(self) -> dict[str, str]:
        """The states of the steps that did not succeed."""
        return {key: state for key, state in self.states.items() if state != "SUCCEEDED"}

    @property
    def made(self) -> set[str]:
        """The assets that were made."""
        return set(self.metadata)


def moved_over(folder: Path) -> None:
    """Copy all modules to a folder, and change there what is imported from dagster, that alone."""
    for file in MODULES.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for said, meant in (
            ("from dagster import", "from treadle import"),
            ("import dagster as dg", "import treadle as dg"),
        ):
            text = text.replace(said, meant)
        copy = folder / file.relative_to(MODULES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")


@contextmanager
def defined(file: Path) -> Iterator[Definitions]:
    """Import a module for a while, and give what it defines."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    before = set(sys.modules)
    module = sys.modules[file.stem] = module_from_spec(spec)
    sys.path.append(str(file.parent))
    try:
        spec.loader.exec_module(module)
        yield definitions_of(module)
    finally:
        sys.path.remove(str(file.parent))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(file.parent)):
                del sys.modules[name]


def in_process(definitions: Definitions, asked: Asked, home: Path) -> Outcome:
    """Run it here.

    Raises:
        PlanRefused: it cannot be planned.
    """
    if asked.job is not None:
        result = definitions.get_job_def(asked.job).execute_in_process(
            asked.config, instance=home, tags=asked.tags, raise_on_error=False, **asked.options
        )
    else:
        contents = definitions.contents
        result = treadle.materialize(
            [*contents.blocks, *contents.specs],
            resources=contents.resources,
            run_config=asked.config,
            selection=asked.select,
            instance=home,
            tags=asked.tags,
            raise_on_error=False,
            **asked.options,
        )
    return _of_result(result)


def _of_result(result: ExecuteInProcessResult) -> Outcome:
    made = result.asset_materializations
    return Outcome(
        states={key: state.name for key, state in result.step_states.items()},
        failures={key: failure.message for key, failure in result.failures.items()},
        values={each.asset_key.text: result.asset_value(each.asset_key) for each in made},
        metadata={
            each.asset_key.text: {
                name: said.value if said.rendering == "path" else said
                for name, said in each.metadata.items()
            }
            for each in made
        },
        unexpected=tuple(sorted(each.asset_key.text for each in made if each.unexpected)),
        checks={
            f"{each.asset_key.text}:{each.check_name}": Checked(
                each.passed, each.severity.name, dict(each.metadata)
            )
            for each in result.get_asset_check_evaluations()
        },
        said=tuple(
            sorted(
                each.payload.message.head
                for each in result.all_events
                if type(each.payload).__name__ == "LogRecord"
            )
        ),
    )


def served(client: treadle_client.Client, asked: Asked) -> Outcome:
    """Have the services run it.

    Raises:
        SelectionError: it cannot be planned.
    """
    handle = client.materialize(
        asked.select,
        job=asked.job,
        config=asked.config,
        tags=asked.tags,
        **asked.options,
    )
    result = handle.result(timeout=60)
    made = result.materializations
    return Outcome(
        states={key: step.state.name for key, step in result.steps.items()},
        failures={key: step.failure.message for key, step in result.steps.items() if step.failure},
        values={
            each.asset_key: client.load(each.asset_key, run=result.run_id)
            for each in made
            if each.value_ref is not None
        },
        metadata={each.asset_key: dict(each.metadata) for each in made},
        unexpected=tuple(sorted(each.asset_key for each in made if each.unexpected)),
        checks={
            f"{each.asset_key}:{each.check_name}": Checked(
                each.passed,
                "" if each.severity is None else each.severity.name,
                dict(each.metadata),
            )
            for each in result.get_asset_check_evaluations()
        },
        said=tuple(
            sorted(
                each.message.head
                for each in client.run(result.run_id).events()
                if isinstance(each, treadle_client.LogRecord)
            )
        ),
    )
