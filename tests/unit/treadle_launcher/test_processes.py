from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace

from treadle_launcher.processes import (
    ProcessId,
    boot_id,
    exited,
    is_alive,
    kill_tree,
    own_id,
    start_ticks,
)


def started(*command: str) -> tuple[subprocess.Popen[bytes], ProcessId]:
    popen = subprocess.Popen(command, stdout=subprocess.PIPE)
    ticks = start_ticks(popen.pid)
    assert ticks is not None
    return popen, ProcessId(boot_id=boot_id(), pid=popen.pid, start_ticks=ticks)


def test_a_process_is_named_so_that_no_other_has_the_name():
    assert is_alive(own_id())
    assert not is_alive(replace(own_id(), start_ticks=own_id().start_ticks - 1))
    assert not is_alive(replace(own_id(), boot_id="another"))


def test_a_process_that_only_waits_to_be_reaped_is_gone():
    popen, process = started("sleep", "100")
    popen.kill()
    asyncio.run(asyncio.wait_for(exited(process), 10))
    assert start_ticks(popen.pid) is None
    assert not is_alive(process)
    popen.communicate()


def test_the_end_of_a_process_is_waited_for_and_that_of_one_long_gone_is_known():
    popen, process = started("sleep", "100")

    async def scenario() -> None:
        waiting = asyncio.create_task(exited(process))
        await asyncio.sleep(0)
        assert not waiting.done()
        popen.kill()
        await waiting

    asyncio.run(asyncio.wait_for(scenario(), 10))
    popen.communicate()
    asyncio.run(asyncio.wait_for(exited(process), 10))


def test_a_tree_is_killed_whole_and_a_stranger_with_its_number_is_not():
    popen, process = started("sh", "-c", "sleep 100 & echo $!; wait")
    assert popen.stdout is not None
    child = int(popen.stdout.readline())
    ticks = start_ticks(child)
    assert ticks is not None
    kill_tree(replace(process, start_ticks=process.start_ticks + 1))
    assert is_alive(process)
    kill_tree(process)
    asyncio.run(asyncio.wait_for(exited(process), 10))
    below = ProcessId(boot_id=boot_id(), pid=child, start_ticks=ticks)
    asyncio.run(asyncio.wait_for(exited(below), 10))
    popen.communicate()
    kill_tree(process)
