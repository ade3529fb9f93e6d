"""The benchmarks run, and a run that is not what a row says of it fails them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BROKEN = """
import sys
from benchmarks import __main__, user_code
for what, instead in zip(sys.argv[1::2], sys.argv[2::2]):
    assert what in user_code.STEPS
    user_code.STEPS = user_code.STEPS.replace(what, instead)
sys.exit(__main__.main(["--quick", "submit"]))
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, check=False, cwd=REPOSITORY, capture_output=True, text=True, timeout=120
    )


def test_a_section_prints_its_rows_beside_their_limits():
    done = run("-m", "benchmarks", "--quick", "steps")
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| isolated op")]
    assert ["fork+exit+reply" in row for row in rows] == [True, True, False, False]
    assert "step processes" in rows[2]
    pages = re.search(r"copied after a fork, ([\d,]+) pages", rows[3])
    # Each process writes to hundreds of the pages that it shares with its host.
    assert pages is not None
    assert int(pages[1].replace(",", "")) > 100


def test_steps_that_share_a_process_are_measured_beside_the_word_and_the_journal():
    done = run("-m", "benchmarks", "--quick", "steps-sharing")
    assert done.returncode == 0, done.stderr
    (row,) = (line for line in done.stdout.splitlines() if line.startswith("| op of a chain"))
    assert "its journal" in row


def test_broken_proofs_fail_it_and_each_is_named() -> None:
    instead = {
        "os.getpid()": "1",
        "ran_here = 0": "ran_here = 1",
        "return first()": "return following(first())",
    }

    done = run("-c", BROKEN, *(each for pair in instead.items() for each in pair))

    assert done.returncode == 1, done.stdout + done.stderr
    assert "another pid in the log than the op's: one.first (2 ops)" in done.stdout
    assert "a global that another op had changed: one.first (2 ops)" in done.stdout
    assert "2 values on the disk, of 1 ops" in done.stdout
    assert "| submit" not in done.stdout


def test_what_there_is_no_time_for_is_named():
    done = run("-m", "benchmarks", "--quick", "--minutes", "0", "submit")
    assert done.returncode == 1, done.stderr
    assert "Not measured: submit: not begun: the time of the whole is over" in done.stdout


def test_dagster_is_left_out_with_a_line_where_it_cannot_be_installed(tmp_path):
    (tmp_path / "file").touch()
    at = ("--dagster", "--cache", str(tmp_path / "file"))
    done = run("-m", "benchmarks", "--quick", *at, "import")
    assert done.returncode == 0, done.stderr
    assert f"Dagster is left out: it cannot be installed below {tmp_path / 'file'}" in done.stdout
    assert "| `import treadle`" in done.stdout


def test_runs_in_the_callers_process_are_timed() -> None:
    done = run("-m", "benchmarks", "--quick", "in-process")

    assert done.returncode == 0, done.stderr
    assert "run of 100 ops that do nothing" in done.stdout
