"""The public face: what it offers, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import treadle
import treadle_contract

_FOLDERS = [str(Path(each.__path__[0]).parent) for each in (treadle, treadle_contract)]
#: What takes a millisecond or more to import.
_HEAVY = {
    "asyncio",
    "dataclasses",
    "datetime",
    "hashlib",
    "inspect",
    "json",
    "logging",
    "pathlib",
    "pickle",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
}


def test_the_public_names_are_these() -> None:
    assert treadle.__all__ == [
        "ArgumentError",
        "AssetDep",
        "AssetExecutionContext",
        "AssetIn",
        "AssetKey",
        "AssetOut",
        "AssetSpec",
        "AssetsDefinition",
        "Backoff",
        "CompositionError",
        "ConflictError",
        "CycleError",
        "DefinitionError",
        "Definitions",
        "DuplicateError",
        "Failure",
        "GraphDefinition",
        "GraphIn",
        "GraphOut",
        "IOManager",
        "In",
        "InputContext",
        "InvalidNameError",
        "Jitter",
        "Limits",
        "LocationError",
        "MaterializeResult",
        "MetadataValue",
        "MissingError",
        "Nothing",
        "OpDefinition",
        "OpExecutionContext",
        "Out",
        "Output",
        "OutputContext",
        "Resource",
        "ResourceParam",
        "RetryPolicy",
        "RetryRequested",
        "StepFailedError",
        "StepInterrupted",
        "TreadleError",
        "UnusedError",
        "asset",
        "build_op_context",
        "define_asset_job",
        "graph",
        "graph_asset",
        "graph_multi_asset",
        "multi_asset",
        "op",
        *(name for name in treadle.LATER if name != "define_asset_job"),
    ]


def test_every_public_name_is_there_and_documented() -> None:
    for name in treadle.__all__:
        if name != "ResourceParam":
            assert getattr(treadle, name).__doc__, name


def test_a_star_imports_what_is_imported_later_too() -> None:
    names: dict[str, object] = {}
    exec("from treadle import *", names)  # noqa: S102 -- no function may import so

    assert treadle.LATER.keys() <= names.keys()


def test_importing_it_needs_the_standard_library_alone() -> None:
    code = (
        "import sys; import treadle, treadle.locations.location;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}"
        " - sys.stdlib_module_names - {'treadle', 'treadle_contract', '__main__'}))"
    )
    before = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert set(found) <= {name.partition(".")[0] for name in before}


def test_importing_it_imports_nothing_that_only_a_process_of_ours_needs() -> None:
    code = (
        "import sys; before = set(sys.modules); import treadle;"
        "print(*sorted(set(sys.modules) - before))"
    )

    imported = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": ":".join(_FOLDERS)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert {name for name in imported if name.startswith("treadle_contract.")} == {
        f"treadle_contract.{name}"
        for name in (
            "fan_outs",
            "ids",
            "kinds",
            "lazy_dataclasses",
            "message",
            "partition",
            "plan",
            "policy",
            "suggestions",
            "value",
        )
    }
    assert not _HEAVY & set(imported)
    assert not {"treadle._json", "treadle.locations.location", "treadle.selection"} & set(imported)


def test_it_leaves_the_looking_for_garbage_as_it_was() -> None:
    code = "import gc; {}; import treadle; print(gc.isenabled())"

    found = [
        subprocess.run(
            [sys.executable, "-c", code.format(before)], capture_output=True, text=True, check=True
        ).stdout.strip()
        for before in ("gc.enable()", "gc.disable()")
    ]

    assert found == ["True", "False"]


def test_tracebacks_name_exceptions_as_they_are_imported() -> None:
    public = (getattr(treadle, name) for name in treadle.__all__)
    errors = [each for each in public if isinstance(each, type) and issubclass(each, BaseException)]

    assert len(errors) > 10
    assert {each.__module__ for each in errors} == {"treadle"}


@pytest.mark.parametrize("name", ["ContextError", "NotInContextError", "UnknownResourceError"])
def test_an_error_that_only_ops_meet_is_imported_as_it_is_named(name: str) -> None:
    assert getattr(treadle, name).__module__ == "treadle"
