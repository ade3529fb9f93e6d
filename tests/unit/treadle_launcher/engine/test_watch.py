from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from treadle_contract.ids import RunId
from treadle_launcher import defaults
from treadle_launcher.errors import ShuttingDownError, UnknownRunError, WatcherBehindError
from treadle_launcher.runs.run_states import FINAL_RUN_STATES


async def sequences(watched):
    return [event.sequence async for events in watched for event in events]


async def test_a_watcher_from_anywhere_sees_every_later_event_once(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans(dict.fromkeys("abc", ())))
        early = [
            asyncio.create_task(sequences(kit.watchers.watch(run_id, after, follow=True)))
            for after in (0, 1, 4, 7)
        ]
        host = await kit.ready_host()
        for _ in "abc":
            await host.run_next()
        last = (await kit.finished(run_id)).last_sequence
        late = await sequences(kit.watchers.watch(run_id, 3, follow=True))
        assert late == list(range(4, last + 1))
        for after, watcher in zip((0, 1, 4, 7), early, strict=True):
            assert await watcher == list(range(after + 1, last + 1))


async def test_watching_after_the_last_event_of_a_run_that_is_over_ends(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        last = (await kit.finished(run_id)).last_sequence
        assert await sequences(kit.watchers.watch(run_id, last, follow=True)) == []


async def test_watching_after_an_event_that_never_comes_ends_with_the_run(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        watcher = asyncio.create_task(sequences(kit.watchers.watch(run_id, 10_000, follow=True)))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        assert await watcher == []


async def test_a_watcher_that_does_not_follow_ends_at_the_last_event(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        seen = await sequences(kit.watchers.watch(run_id, 0, follow=False))
        # The run may have got its place already; it goes on all the same.
        assert seen in ([1], [1, 2])


async def test_nobody_watches_a_run_that_does_not_exist(kit):
    async with kit.running():
        with pytest.raises(UnknownRunError):
            await sequences(kit.watchers.watch(RunId("nobody"), 0, follow=True))


async def test_a_watcher_that_does_not_read_is_told_where_to_resume(kit, plans, monkeypatch):
    monkeypatch.setattr(defaults, "WATCHER_BEHIND_EVENTS", 5)
    async with kit.running():
        run_id = await kit.launch(plans(dict.fromkeys("abc", ())))
        async with aclosing(kit.watchers.watch(run_id, 0, follow=True)) as watched:
            seen = [event.sequence for event in await anext(watched)]
            waiting = asyncio.create_task(anext(watched))
            await asyncio.sleep(0)
            host = await kit.ready_host()
            seen += [event.sequence for event in await waiting]
            for _ in "abc":
                await host.run_next()
            # Not by watching it: that is behind as soon as this one.
            while (await kit.store.get_run(run_id)).state not in FINAL_RUN_STATES:
                pass
            with pytest.raises(WatcherBehindError) as behind:
                await anext(watched)
        assert behind.value.names == (str(seen[-1]),)
        rest = await sequences(kit.watchers.watch(run_id, seen[-1], follow=True))
        assert rest[0] == seen[-1] + 1


async def test_watchers_are_told_when_the_launcher_leaves(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        watcher = asyncio.create_task(sequences(kit.watchers.watch(run_id, 0, follow=True)))
        await kit.host()
        kit.watchers.close()
        with pytest.raises(ShuttingDownError):
            await watcher


async def test_a_watcher_sees_how_its_run_ended_although_the_launcher_leaves(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        async with aclosing(kit.watchers.watch(run_id, 0, follow=True)) as watched:
            seen = await anext(watched)
            await host.run_next()
            last = (await kit.finished(run_id)).last_sequence
            # What came since lies in its inbox, and it reads on only now.
            kit.watchers.close()
            seen += tuple([event async for events in watched for event in events])
        assert [event.sequence for event in seen] == list(range(1, last + 1))


async def test_a_watcher_that_goes_away_leaves_nothing_behind(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        async with aclosing(kit.watchers.watch(run_id, 0, follow=True)) as watched:
            await anext(watched)
        assert kit.watchers._inboxes == {}
