"""What the store promises to those who write runs to it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import (
    SPEC,
    STARTED,
    SUCCEEDED,
    made,
    make_plan,
    make_run,
    on_store,
    recorded_load,
    started_run,
    step_started,
)
from treadle_contract.event import (
    HostReady,
    RunSubmitted,
    StartMethod,
    StepFailed,
    StepNotRun,
    StepRetryScheduled,
)
from treadle_contract.ids import HostId, KeyText, RunId, StepKey
from treadle_contract.plan import Reuse, Selection, Verdict
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_launcher.clock import ManualClock, TimeUs, as_moment
from treadle_launcher.errors import IdempotencyConflictError, UnknownRunError
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.runs.transitions import InvalidTransition
from treadle_launcher.store.errors import (
    OutOfStepError,
    SpoiltRunError,
    StoreClosedError,
    StoreUnavailableError,
)
from treadle_launcher.store.records import HostMark, IdempotentRequest, RunEvents
from treadle_launcher.store.store import Store, open_store

HOST = HostId("host-1")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    # Characters that would mean something in a URL.
    return tmp_path / "a home?%20#.db"


def test_a_run_is_read_back_as_it_was_recorded(database: Path) -> None:
    async def body(store: Store) -> None:
        new = make_run(make_plan(loads=[recorded_load("up/stream")]))
        created = await store.create_run(new)

        assert not created.existed
        assert created.run == await store.get_run(new.run_id)
        assert created.run.step_counts == {StepState.PENDING: 3}
        assert await store.events_after(new.run_id, 0) == created.events
        assert await store.get_run_plan(new.run_id) == new.plan
        assert await store.get_launch_spec(new.run_id) == SPEC

    on_store(database, body)


def test_events_are_numbered_without_a_gap_whoever_writes_at_once(database: Path) -> None:
    async def body(store: Store) -> None:
        runs = [await started_run(store) for _ in range(3)]
        writes = [store.append(runs[n % 3], [made(f"a{n}"), made(f"b{n}")]) for n in range(150)]
        results = await asyncio.gather(*writes)

        # In the order of the calls, over all runs.
        order = [event.store_sequence for events in results for event in events]
        assert order == list(range(10, 310))
        for run_id in runs:
            events = await store.events_after(run_id, 0)
            assert [event.sequence for event in events] == list(range(1, 104))
            assert (await store.get_run(run_id)).last_sequence == 103

    on_store(database, body)


def test_an_event_without_a_time_gets_that_of_the_append(database: Path) -> None:
    clock = ManualClock()

    async def body(store: Store) -> None:
        run_id = await started_run(store)
        clock.advance(5_000_000)
        (now,) = await store.append(run_id, [made("a")])
        (then,) = await store.append(run_id, [replace(made("a"), time=ManualClock().now())])

        assert now.time - then.time == 5_000_000

    on_store(database, body, clock)


def test_a_fact_that_does_not_fit_leaves_nothing_of_its_batch(database: Path) -> None:
    async def body(store: Store) -> None:
        first, second = await started_run(store), await started_run(store)
        batch = [
            RunEvents(run_id=first, events=(made("a"),)),
            RunEvents(run_id=second, events=(made("b"), SUCCEEDED, made("c"))),
        ]

        with pytest.raises(SpoiltRunError, match="which is succeeded") as refused:
            await store.append_all(batch, host_mark=HostMark(host_id=HOST, last_record=9))
        assert refused.value.run_id == second

        assert (await store.get_run(first)).last_sequence == 3
        assert (await store.get_run(second)).state is RunState.RUNNING
        assert await store.latest_materializations([KeyText("a"), KeyText("b")]) == {}
        assert await store.host_mark(HOST) == 0
        # And nothing is left in memory either: the next fact is the fourth of its run.
        (event,) = await store.append(second, [made("d")])
        assert (event.sequence, event.store_sequence) == (4, 7)

    on_store(database, body)


def test_a_bad_write_does_not_touch_those_committed_with_it(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        results = await asyncio.gather(
            store.append(run_id, [made("a")]),
            store.append(RunId("nobody"), [made("b")]),
            store.append(run_id, [SUCCEEDED, made("c")]),
            store.append(run_id, [made("d")]),
            return_exceptions=True,
        )

        assert [type(result) for result in results] == [
            tuple,
            UnknownRunError,
            InvalidTransition,
            tuple,
        ]
        kept = await store.events_after(run_id, 3)
        assert [event.sequence for event in kept] == [4, 5]

    on_store(database, body)


def test_a_host_mark_moves_with_the_events_and_never_back(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        assert await store.host_mark(HOST) == 0
        facts = RunEvents(run_id=run_id, events=(made("a"),))
        await store.append_all([facts], host_mark=HostMark(host_id=HOST, last_record=4))
        assert await store.host_mark(HOST) == 4
        await store.append_all([], host_mark=HostMark(host_id=HOST, last_record=6))
        await store.append_all([], host_mark=HostMark(host_id=HOST, last_record=5))

        assert await store.host_mark(HOST) == 6
        assert await store.host_mark(HostId("another")) == 0

    on_store(database, body)


def test_what_rests_on_a_lost_write_is_lost_with_it(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        await store.append_all([], host_mark=HostMark(host_id=HOST, last_record=2))
        decided = [
            RunEvents(run_id=run_id, events=(SUCCEEDED, made("a")), after=3),
            RunEvents(run_id=run_id, events=(made("b"),), after=5),
        ]
        results = await asyncio.gather(
            *(store.append_all([each]) for each in decided),
            store.append_all(
                [RunEvents(run_id=run_id, events=(made("c"),), after=3)],
                host_mark=HostMark(host_id=HOST, last_record=9, after=8),
            ),
            return_exceptions=True,
        )

        assert [type(result) for result in results] == [
            SpoiltRunError,
            OutOfStepError,
            OutOfStepError,
        ]
        assert (await store.get_run(run_id)).last_sequence == 3
        assert await store.host_mark(HOST) == 2

    on_store(database, body)


def test_the_same_request_names_the_same_run(database: Path) -> None:
    request = IdempotentRequest(key="k", fields={"expressions": ("a",), "tags": {"x": "y"}})

    async def body(store: Store) -> None:
        # At once, so that both are in one transaction.
        first, second = await asyncio.gather(
            store.create_run(make_run(request=request)), store.create_run(make_run(request=request))
        )

        assert not first.existed
        assert second.existed
        assert second.events == ()
        assert second.run == first.run
        assert len((await store.list_runs()).items) == 1

    on_store(database, body)
    # The key is known for as long as the home keeps it.
    again = on_store(database, lambda store: store.create_run(make_run(request=request)))
    assert again.existed


def test_a_key_used_for_another_request_is_refused_with_what_differs(database: Path) -> None:
    async def body(store: Store) -> None:
        before = IdempotentRequest(key="k", fields={"expressions": ("a",), "location": "main"})
        now = IdempotentRequest(key="k", fields={"expressions": ("b",), "location": "main"})
        created = await store.create_run(make_run(request=before))

        with pytest.raises(IdempotencyConflictError) as refused:
            await store.create_run(make_run(request=now))

        assert refused.value.names == (created.run.run_id,)
        assert refused.value.changes == ('expressions was ["a"], is ["b"]',)
        assert len((await store.list_runs()).items) == 1

    on_store(database, body)


def test_a_request_is_known_once_its_run_is_recorded(database: Path) -> None:
    request = IdempotentRequest(key="k", fields={"location": "main"})

    async def body(store: Store) -> None:
        assert await store.earlier_run(request) is None
        created = await store.create_run(make_run(request=request))

        assert await store.earlier_run(request) == created.run
        with pytest.raises(IdempotencyConflictError):
            await store.earlier_run(replace(request, fields={"location": "other"}))

    on_store(database, body)


def test_a_store_that_is_opened_again_goes_on_where_it_was(database: Path) -> None:
    run_id = on_store(database, started_run)

    async def body(store: Store) -> None:
        (event,) = await store.append(run_id, [step_started(0)])
        run = await store.get_run(run_id)

        assert (event.sequence, event.store_sequence) == (4, 4)
        assert run.step_counts == {StepState.PENDING: 2, StepState.RUNNING: 1}

    on_store(database, body)


def test_what_is_queued_when_the_store_closes_is_committed(database: Path) -> None:
    async def leave() -> RunId:
        with open_store(database) as store:
            run_id = await started_run(store)
            last = [store.append(run_id, [made("a")]) for _ in range(20)]
        await asyncio.gather(*last)
        with pytest.raises(StoreClosedError):
            store.append(run_id, [made("a")])
        return run_id

    run_id = asyncio.run(leave())

    assert on_store(database, lambda store: store.get_run(run_id)).last_sequence == 23
    assert not [t.name for t in threading.enumerate() if t.name.startswith("treadle-store")]


def test_another_plan_takes_the_place_of_the_first_until_the_run_starts(database: Path) -> None:
    async def body(store: Store) -> None:
        created = await store.create_run(make_run(make_plan(loads=[recorded_load("x")])))
        run_id = created.run.run_id
        plan = make_plan("f2", steps=5, loads=[recorded_load("y")])
        plan = replace(plan, header=replace(plan.header, digest="d2"))
        ready = HostReady(
            host_id=HOST, digest="d2", fingerprint="f2", start_method=StartMethod.FORK
        )
        await store.append(run_id, STARTED[:1])
        await store.replace_plan(
            run_id, plan, replace(SPEC, digest="d2"), [NewEvent(payload=ready)]
        )
        run = await store.get_run(run_id)

        assert (run.digest, run.fingerprint) == ("d2", "f2")
        assert run.step_counts == {StepState.PENDING: 5}
        assert await store.get_run_plan(run_id) == plan
        assert (await store.get_launch_spec(run_id)).digest == "d2"

        await store.append(run_id, STARTED[1:])
        with pytest.raises(InvalidTransition, match="another plan"):
            await store.replace_plan(run_id, make_plan("f3"), SPEC)
        assert await store.get_run_plan(run_id) == plan

    on_store(database, body)


def test_a_plan_is_kept_as_the_code_server_made_it(database: Path) -> None:
    async def body(store: Store) -> None:
        unresolved = make_plan(loads=[replace(recorded_load("x"), state=None, run_id=RunId(""))])
        unresolved = replace(
            unresolved, loads=tuple(replace(load, store_sequence=0) for load in unresolved.loads)
        )
        await store.create_run(make_run(make_plan(loads=[recorded_load("x")])))
        await store.put_plan(make_plan("other"))

        assert await store.get_plan("main", "f1") == unresolved
        assert await store.get_plan("main", "other") == make_plan("other")
        assert await store.get_plan("main", "unknown") is None

    on_store(database, body)


def _of(location: str, plan: Plan) -> Plan:
    return replace(plan, header=replace(plan.header, location=location))


def test_plans_with_one_fingerprint_are_kept_each_as_it_is(database: Path) -> None:
    """A code server says any fingerprint: that of another location's plan, or of another plan."""
    well = _of("well", make_plan("same"))
    same_wiring = [replace(step, block="other") for step in well.steps]
    others = [
        _of("bad", well),
        _of("bad", replace(well, steps=tuple(same_wiring))),
        _of("bad", replace(well, steps=well.steps[:-1])),
        replace(well, steps=()),
        replace(
            well,
            steps=well.steps[1:],
            reuses=(Reuse(step_key=well.steps[0].key, from_run_id=RunId("first")),),
        ),
    ]

    async def body(store: Store) -> None:
        for plan in (others[0], well, *others[1:], well):
            await store.put_plan(plan)
        made = [
            (await store.create_run(make_run(plan, location=plan.header.location)), plan)
            for plan in (*others, well)
        ]

        for created, plan in made:
            assert await store.get_run_plan(created.run.run_id) == plan
        assert await store.get_plan("bad", "same") == others[2]

    on_store(database, body)


def test_a_plan_that_is_kept_is_not_kept_again(database: Path) -> None:
    plan = make_plan("same")

    async def body(store: Store) -> None:
        await store.put_plan(plan)
        await store.put_plan(plan.with_notes("a word"))
        await store.create_run(make_run(plan))

    on_store(database, body)

    with sqlite3.connect(database) as connection:
        kept = connection.execute("SELECT count(*) FROM plan_items").fetchone()
    assert kept == (len(plan.steps),)


def test_what_is_selected_of_a_block_is_kept_once_where_its_steps_all_say_it(
    database: Path,
) -> None:
    keys = tuple(KeyText(f"a{number}") for number in range(1000))
    silent = make_plan("alike", steps=1000)
    alike = replace(
        silent, steps=tuple(replace(each, selected_asset_keys=keys) for each in silent.steps)
    )
    first, *others = make_plan("unlike").steps
    unlike = replace(silent, steps=(replace(first, selected_asset_keys=keys), *others))
    omitted = replace(first, verdict=Verdict.OMIT, key=StepKey("block.omitted"))
    beside = replace(alike, steps=(*alike.steps, omitted))

    async def body(store: Store) -> None:
        for plan in (alike, unlike, beside):
            created = await store.create_run(make_run(plan))
            assert await store.get_run_plan(created.run.run_id) == plan

    on_store(database, body)

    with sqlite3.connect(database) as connection:
        [(size,)] = connection.execute("SELECT sum(length(item_json)) FROM plan_items").fetchall()
    assert size < 300_000


def test_of_plans_with_one_name_the_last_one_is_found_whichever_came_before(database: Path) -> None:
    first, second = make_plan("same", steps=2), make_plan("same", steps=3)
    renamed = replace(first, header=replace(first.header, digest="another"))

    async def body(store: Store) -> None:
        for plan in (first, second, first, renamed, second, first):
            await store.put_plan(plan)
            await store.create_run(make_run(plan.with_notes("of the launcher's")))

            assert await store.get_plan("main", "same") == plan

    on_store(database, body)


def test_two_runs_of_the_same_steps_keep_each_their_own_selection(database: Path) -> None:
    async def body(store: Store) -> None:
        made = make_plan(loads=[recorded_load("x")])
        for text in ("*", "a"):
            header = replace(made.header, selection=Selection(expressions=(text,)))
            plan = replace(made, header=header)
            new = make_run(plan)
            await store.create_run(new)

            assert await store.get_run_plan(new.run_id) == plan

    on_store(database, body)


def test_a_manifest_is_kept_for_each_location_that_says_its_digest(database: Path) -> None:
    well, bad = CodeManifest(ops={"b.s": "12"}), CodeManifest(ops={"b.s": "34"})

    async def body(store: Store) -> None:
        await store.put_manifest("bad", SPEC.digest, bad)
        await store.put_manifest("well", SPEC.digest, well)

        for location, manifest in {"bad": bad, "well": well}.items():
            assert await store.get_manifest(location, SPEC.digest) == manifest
            new = make_run(location=location)
            await store.create_run(new)
            spec = await store.get_launch_spec(new.run_id)
            assert spec == SPEC.with_manifest(manifest)
            assert spec.definitions == manifest.named

    on_store(database, body)


def test_a_manifest_from_before_is_read_of_any_location(database: Path) -> None:
    manifest = CodeManifest(ops={"b.s": "12"})

    async def body(store: Store) -> None:
        await store.put_manifest("main", "d1", manifest)
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE manifests SET digest = 'd1'")
        assert await store.get_manifest("main", "d1") == manifest

        await store.put_manifest("main", "d1", CodeManifest())
        assert await store.get_manifest("main", "d1") == CodeManifest()

    on_store(database, body)


def test_a_manifest_is_kept_by_its_digest(database: Path) -> None:
    manifest = CodeManifest(ops={"b.s": "12"}, distributions={"numpy": "2.1"})

    async def body(store: Store) -> None:
        await store.put_manifest("main", "d1", manifest)
        await store.put_manifest("main", "d1", manifest)

        assert await store.get_manifest("main", "d1") == manifest
        assert await store.get_manifest("main", "d2") is None

    on_store(database, body)


def test_events_are_read_in_steps(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("a")] * 5)

        piece = await store.events_after(run_id, 3, limit=2)
        assert [event.sequence for event in piece] == [4, 5]
        assert await store.events_after(run_id, 8) == ()

    on_store(database, body)


def test_a_run_that_nobody_recorded_is_unknown_to_every_call(database: Path) -> None:
    async def body(store: Store) -> None:
        nobody = RunId("nobody")
        calls = [
            store.append(nobody, [made("a")]),
            store.replace_plan(nobody, make_plan(), SPEC),
            store.events_after(nobody, 0),
            store.get_run(nobody),
            store.get_run_plan(nobody),
            store.get_launch_spec(nobody),
        ]
        results = await asyncio.gather(*calls, return_exceptions=True)

        assert {type(result) for result in results} == {UnknownRunError}

    on_store(database, body)


def test_a_first_event_that_is_not_the_submission_is_refused(database: Path) -> None:
    async def body(store: Store) -> None:
        new = make_run()
        with pytest.raises(InvalidTransition):
            await store.create_run(replace(new, submitted=NewEvent(payload=StepNotRun())))
        with pytest.raises(UnknownRunError):
            await store.get_run(new.run_id)
        created = await store.create_run(new)

        assert isinstance(created.events[0].payload, RunSubmitted)

    on_store(database, body)


def test_a_file_that_is_no_database_is_refused(database: Path) -> None:
    database.write_bytes(b"this is a text\n" * 100)

    with pytest.raises(StoreUnavailableError), open_store(database):
        pass


def test_tables_of_another_version_are_refused_and_left_alone(database: Path) -> None:
    with open_store(database):
        pass
    content = database.read_bytes()
    newer = content[:60] + (99).to_bytes(4, "big") + content[64:]
    database.write_bytes(newer)

    with pytest.raises(StoreUnavailableError, match="version 99"), open_store(database):
        pass

    assert database.read_bytes() == newer


def test_the_attempts_that_a_step_started_are_counted(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        retry = NewEvent(
            payload=StepRetryScheduled(
                failure=Failure(reason=FailureReason.LOST, message="gone"),
                not_before=as_moment(TimeUs(0)),
                next_attempt=2,
            ),
            step_key=StepKey("block.s0"),
            attempt=1,
        )
        await store.append(run_id, [step_started(0), retry, step_started(0, 2)])

        assert await store.attempts_started(run_id, StepKey("block.s0")) == 2
        assert await store.attempts_started(run_id, StepKey("block.s1")) == 0
        with pytest.raises(UnknownRunError):
            await store.attempts_started(RunId("nothing"), StepKey("block.s0"))

    on_store(database, body)


def test_an_attempt_is_over_when_it_its_successor_or_its_run_says_so(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        key = StepKey("block.s0")

        async def ended() -> list[bool]:
            return [await store.attempt_ended(run_id, key, attempt) for attempt in (1, 2, 3)]

        retry = NewEvent(
            payload=StepRetryScheduled(
                failure=Failure(reason=FailureReason.LOST, message="gone"),
                not_before=as_moment(TimeUs(0)),
                next_attempt=2,
            ),
            step_key=key,
            attempt=1,
        )
        await store.append(run_id, [step_started(0)])
        assert await ended() == [False, False, False]
        await store.append(run_id, [retry])
        assert await ended() == [True, False, False]
        await store.append(run_id, [step_started(0, 2)])
        assert await ended() == [True, False, False]
        failed = StepFailed(failure=Failure(reason=FailureReason.LOST, message="gone"))
        await store.append(run_id, [NewEvent(payload=failed, step_key=key, attempt=2)])
        assert await ended() == [True, True, True]
        assert not await store.attempt_ended(run_id, StepKey("block.s1"), 1)
        with pytest.raises(UnknownRunError):
            await store.attempt_ended(RunId("nothing"), key, 1)

    on_store(database, body)
