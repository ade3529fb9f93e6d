"""The reference says what is there: its pages are what the code says now, its examples run.

A page differs: run `make reference`. A name that has come is shown in an example.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import treadle
import treadle_client
from scripts import gen_reference
from treadle._meaningless import MEANINGLESS

#: They start services: tests/e2e/test_reference.py.
SERVED = sorted(gen_reference.EXAMPLES.glob("client*.py"))
EXAMPLES = sorted(set(gen_reference.EXAMPLES.glob("*.py")) - set(SERVED))


def test_the_pages_are_what_the_code_says() -> None:
    # In a process of its own: what other tests import and set up shows in signatures.
    done = subprocess.run(
        [sys.executable, "-m", "scripts.gen_reference", "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=gen_reference.ROOT,
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_of_a_page_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"reference_{path.stem.replace('-', '_')}"
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)


def test_every_public_name_is_shown_in_an_example() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in EXAMPLES)
    shown = set(re.findall(r"\w+", text))

    assert set(gen_reference.public_names()) - shown == set()


def test_every_public_name_of_the_client_is_shown_in_an_example() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SERVED)
    shown = set(re.findall(r"treadle_client\.(\w+)", text))

    assert set(treadle_client.__all__) - shown == set()


@pytest.mark.parametrize("name", sorted(gen_reference.DAGSTER))
def test_what_a_name_does_not_take_of_dagsters_is_told_with_a_reason(name: str) -> None:
    for parameter, why in gen_reference._left_out(name, getattr(treadle, name)):
        assert why, parameter
        assert why != f"Leave {parameter!r} out."


def test_every_example_is_of_a_page() -> None:
    pages = {gen_reference.page_of(name)[0] for name in gen_reference.public_names()}

    assert {path.stem for path in gen_reference.EXAMPLES.glob("*.py")} <= {
        *pages,
        *(path.stem for path in SERVED),
    }


def test_each_option_of_blocks_is_in_the_table_of_them() -> None:
    text = (gen_reference.FOLDER / "assets.md").read_text(encoding="utf-8")

    assert "| `retry_policy` | yes | yes | yes | yes | yes | yes |" in text
    assert "| `can_subset` | - | yes | - | yes | yes | yes |" in text
    for way, reasons in MEANINGLESS.items():
        for option in reasons:
            assert f"- `{way}({option}=…)`: " in text


def test_what_of_dagsters_is_not_taken_is_told_with_what_to_do() -> None:
    told = dict(gen_reference._left_out("asset", treadle.asset))

    assert "Automation is not there yet" in told["automation_condition"]
    assert "retry_policy" not in told
    assert "partitions_def" not in told
