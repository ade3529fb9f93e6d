from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace

from treadle_contract.worker import ProcessId
from treadle_launcher.hosts.processes import (
    boot_id,
    exited,
    is_alive,
    kill_guarded,
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


def test_what_is_guarded_is_killed_and_a_stranger_with_the_guards_number_is_not():
    popen, process = started("sh", "-c", "sleep 100 & echo $!; wait; exit 7")
    child = child_of(popen)
    kill_guarded(replace(process, start_ticks=process.start_ticks + 1))
    assert is_alive(child)

    kill_guarded(process)

    asyncio.run(asyncio.wait_for(exited(child), 10))
    assert popen.wait(10) == 7
    popen.communicate()


def test_a_guard_with_nothing_to_guard_yet_is_killed_itself():
    popen, process = started("sleep", "100")

    kill_guarded(process)

    assert popen.wait(10) == -9
    popen.communicate()
    kill_guarded(process)


def child_of(popen: subprocess.Popen[bytes]) -> ProcessId:
    assert popen.stdout is not None
    pid = int(popen.stdout.readline())
    ticks = start_ticks(pid)
    assert ticks is not None
    return ProcessId(boot_id=boot_id(), pid=pid, start_ticks=ticks)
