from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from treadle_contract.ids import StepKey
from treadle_contract.launcher import LogStream
from treadle_launcher.errors import HomeUnreadableError, ShuttingDownError, UnknownStepError
from treadle_launcher.runs.run_steps import RunSteps
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.serving.attempt_logs import AttemptLogs
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_worker.step.capture import log_folder


def following(kit, run_id, attempt=1, offset=0):
    """Follow the standard output of step a."""
    steps = RunSteps(kit.store, kit.engine.board, kit.watchers, AttemptLogs(kit.home.logs))
    chunks = steps.read_logs(
        run_id, StepKey("a"), attempt, stream=LogStream.STDOUT, offset=offset, follow=True
    )
    return aclosing(chunks)


def captured(kit, run_id, attempt=1):
    folder = log_folder(str(kit.home.logs), run_id, StepKey("a"), attempt)
    Path(folder.path).mkdir(parents=True, exist_ok=True)
    return Path(folder.stdout)


def write(path, data):
    with path.open("ab") as file:
        file.write(data)


async def rest_of(chunks):
    return b"".join([chunk.data async for chunk in chunks])


async def test_following_goes_on_while_what_is_recorded_is_read_again(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        stdout = captured(kit, run_id)
        write(stdout, b"before ")
        async with following(kit, run_id) as chunks:
            assert (await anext(chunks)).data == b"before "
            reader = asyncio.create_task(rest_of(chunks))
            kit.engine.board._fault(StoreUnavailableError("no room for a moment"))
            while await host.frame_or_end() is not None:
                pass
            while await host.dial_again() is None:
                pass
            write(stdout, b"after")
            await host.answer(await host.expect("task"), "ENDED")
            await host.report(host.success(task))
            assert await reader == b"after"


async def test_following_ends_when_the_end_of_the_attempt_is_recorded(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        write(captured(kit, run_id), b"all of it")
        async with following(kit, run_id) as chunks:
            assert (await anext(chunks)).data == b"all of it"
            await host.report(host.success(task))
            assert await rest_of(chunks) == b""
            assert "step_succeeded a" in await kit.story(run_id)


async def test_a_task_that_there_is_not_is_refused_with_why(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"first": (), "second": ("first",)}))
        host = await kit.ready_host()
        await host.task()
        steps = RunSteps(kit.store, kit.engine.board, kit.watchers, AttemptLogs(kit.home.logs))

        for step, attempt, said in (
            ("frist", 0, "no step frist. Did you mean first"),
            ("second", 0, "second of the run never started: it is pending"),
            ("first", 2, "never started an attempt 2: it had 1"),
        ):
            with pytest.raises(UnknownStepError, match=said):
                await steps.task(run_id, StepKey(step), attempt)
        task = await steps.task(run_id, StepKey("first"), 0)
        assert [each.step_key for each in task.steps] == ["first"]


async def test_a_home_that_cannot_be_read_is_told_as_what_passes(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        stdout = captured(kit, run_id)
        stdout.unlink(missing_ok=True)
        stdout.mkdir()
        async with following(kit, run_id) as chunks:
            with pytest.raises(HomeUnreadableError, match="cannot be read now"):
                await anext(chunks)


async def test_a_launcher_that_leaves_says_so_to_who_follows_an_attempt_that_goes_on(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        write(captured(kit, run_id), b"first")
        async with following(kit, run_id) as chunks:
            await anext(chunks)
            kit.watchers.close()
            with pytest.raises(ShuttingDownError):
                await anext(chunks)


async def test_the_steps_of_the_run_that_ended_last_are_told_as_the_log_tells_them(kit, plans):
    async with kit.running():
        runs, host = [], None
        for _ in range(2):
            runs.append(await kit.launch(plans({"a": (), "b": ("a",)})))
            host = host or await kit.ready_host()
            assert await host.run_next() == "a"
            await host.succeed(await host.expect("task"))
            await kit.finished(runs[-1])
        last = kit.engine.board.last_over
        assert last is not None
        assert last.run_id == runs[1]
        read = RunView.fold(
            await kit.store.get_run_plan(runs[1]), await kit.store.events_after(runs[1], 0)
        )
        assert dict(last.steps) == dict(read.steps)
        steps = RunSteps(kit.store, kit.engine.board, kit.watchers, AttemptLogs(kit.home.logs))
        for run_id in runs:
            page = await steps.page(run_id, page_size=10, page_token="")
            assert [step.key for step in page.items] == ["a", "b"]
