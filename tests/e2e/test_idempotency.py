"""A named request makes one run, however many ask at once; across a kill: `test_chaos_short.py`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Start
from treadle_client import IdempotencyConflictError

CODE = """
from pathlib import Path
from treadle import asset


@asset
def counted():
    with (Path(__file__).parent / "ran").open("a") as file:
        file.write("once\\n")


@asset
def other():
    return 1
"""

RACERS = 200
THREADS = 40


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "counting.py"
    path.write_text(CODE)
    return path


def race(submit: Callable[[], str]) -> set[str]:
    """Have many submit at once; return the runs that they were told of."""
    with ThreadPoolExecutor(THREADS) as threads:
        return set(threads.map(lambda _: submit(), range(RACERS)))


def test_racing_submits_with_one_key_make_one_run_also_of_newer_code(
    start: Start, module: Path
) -> None:
    session = start(module)

    def submit() -> str:
        return session.client.materialize("counted", idempotency_key="nightly").run_id

    (run_id,) = race(submit)

    session.client.run(run_id).result(timeout=60).raise_for_failure()
    module.write_text(CODE.replace("def counted", "def renamed"))
    assert session.client.reload().swapped
    assert submit() == run_id
    assert [run.run_id for run in session.client.runs()] == [run_id]
    assert (module.parent / "ran").read_text() == "once\n"


def test_another_request_with_the_key_is_refused_with_what_differs(
    module: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with treadle_client.local(module, home=home) as client:
        first = client.materialize("counted", idempotency_key="k", tags={"day": "1"})
        first.result(timeout=60)
    # The key is in the record, not in somebody's memory.
    with treadle_client.local(module, home=home) as client:
        again = client.materialize("counted", idempotency_key="k", tags={"day": "1"})
        assert again.run_id == first.run_id

        with pytest.raises(IdempotencyConflictError) as refused:
            client.materialize("other", idempotency_key="k", tags={"day": "2"})

        assert refused.value.refusal.names == (first.run_id,)
        differences = "\n".join(refused.value.refusal.changes)
        assert 'expressions was ["counted"], is ["other"]' in differences
        assert 'tags was {"day": "1"}, is {"day": "2"}' in differences
        assert len(list(client.runs())) == 1
    assert (module.parent / "ran").read_text() == "once\n"
