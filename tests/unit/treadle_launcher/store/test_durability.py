"""What was acknowledged outlives SIGKILL of the process that wrote it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import running
from tests.unit.treadle_launcher.store.samples import on_store
from treadle_launcher.store.store import Store

_WRITER = """
import asyncio, pathlib, sys
from tests.unit.treadle_launcher.store.samples import made, started_run
from treadle_launcher.store.store import open_store

async def main():
    with open_store(pathlib.Path(sys.argv[1])) as store:
        run_id = await started_run(store)
        while True:
            writes = [store.append(run_id, [made("a"), made("b")]) for _ in range(5)]
            for write in writes:
                print((await write)[-1].sequence, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 60])
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path, acknowledged: int) -> None:
    database = tmp_path / "db"
    command = [sys.executable, "-c", _WRITER, str(database)]
    root = Path(__file__).parents[4]
    with running(command, cwd=root, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        try:
            said = [int(writer.stdout.readline()) for _ in range(acknowledged)]
        finally:
            writer.kill()

    async def body(store: Store) -> None:
        (run,) = await store.unfinished_runs()
        events = await store.events_after(run.run_id, 0, limit=100_000)

        assert [event.sequence for event in events] == list(range(1, run.last_sequence + 1))
        assert run.last_sequence >= said[-1]
        # Whole batches: three events of the start, then two at a time.
        assert run.last_sequence % 2 == 1
        assert run.materialization_count == run.last_sequence - 3

    on_store(database, body)
