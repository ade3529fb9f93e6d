"""The digest: equal wherever the code is equal, another when it is not, and named in a stale plan."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Start

ASSETS = Path(__file__).resolve().parent.parent / "assets"

LOAD = """
import sys
from treadle_worker.loading.importing import load_targets
from treadle_worker.loading.targets import FileTarget
file, runs = sys.argv[1], int(sys.argv[2])
location = load_targets([FileTarget(path=file)], sys.path[0] or ".")
for _ in range(runs):
    # Running the ops fills caches, memoizes and rebinds: none of it is part of the code.
    import digested
    digested.read()
    digested.shaped({1, 2, 3})
from treadle_worker.loading import importing
print(importing.load_targets([FileTarget(path=file)], ".").snapshot.digest if runs else
      location.snapshot.digest)
"""


def copied(folder: Path) -> Path:
    """Copy the module and its helper into a folder."""
    folder.mkdir(parents=True)
    for name in ("digested.py", "digested_helper.py"):
        shutil.copy(ASSETS / name, folder / name)
    return folder / "digested.py"


def digest_of(file: Path, environment: Mapping[str, str], *, runs: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOAD, str(file), str(runs)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_ten_interpreters_agree(tmp_path: Path) -> None:
    digests = []
    for seed in range(10):
        folder = tmp_path / f"place-{seed}" / ("deep/er" if seed % 3 else "")
        environment = {"PYTHONHASHSEED": str(seed)}
        if seed % 2:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        file = copied(folder / "code")
        if seed % 2 == 0:
            # The second time the helper comes from its .pyc.
            digest_of(file, environment)
        digests.append(digest_of(file, environment, runs=seed % 4))

    assert len(set(digests)) == 1
    assert len(digests[0]) == 64


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("digested_helper.py", "FACTOR = 2", "FACTOR = 3"),
        ("digested.py", "return scaled(1)", "return scaled(2)"),
        ("digested.py", "Out(is_required=False)", "Out()"),
    ],
)
def test_another_helper_op_or_definition_is_another_digest(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    file = copied(tmp_path / "before")
    changed = copied(tmp_path / "after")
    source = (changed.parent / name).read_text()
    assert old in source
    (changed.parent / name).write_text(source.replace(old, new))

    assert digest_of(file, {}) != digest_of(changed, {})


def test_a_stale_plan_names_the_helper_or_the_op_that_changed(start: Start, tmp_path: Path) -> None:
    file = copied(tmp_path / "code")
    session = start(file)
    plan = session.client.plan("scaled_asset")
    helper = file.parent / "digested_helper.py"
    helper.write_text(helper.read_text().replace("FACTOR = 2", "FACTOR = 3"))
    assert session.client.reload().swapped

    with pytest.raises(treadle_client.StalePlanError) as caught:
        session.client.materialize(plan=plan)

    assert caught.value.reason == "STALE_PLAN"
    assert any("digested_helper" in line for line in caught.value.changes)
    assert not any("shaped" in line for line in caught.value.changes)

    plan = session.client.plan("scaled_asset")
    file.write_text(file.read_text().replace("return scaled(1)", "return scaled(5)"))
    session.client.reload()

    with pytest.raises(treadle_client.StalePlanError) as caught:
        session.client.materialize(plan=plan)

    assert any("read" in line for line in caught.value.changes)


def test_code_that_changed_unseen_is_planned_anew_before_the_first_op(
    start: Start, tmp_path: Path
) -> None:
    file = copied(tmp_path / "code")
    session = start(file)
    helper = file.parent / "digested_helper.py"
    helper.write_text(helper.read_text().replace("FACTOR = 2", "FACTOR = 30"))

    session.succeed("scaled_asset")

    assert session.value("scaled_asset") == 30
