"""Which stored values may be removed, for each thing that the record may say of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from treadle_contract.ids import KeyText, RunId
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_launcher.clock import TimeUs
from treadle_launcher.values.garbage import StoredFile, ValueFacts, find_garbage
from treadle_launcher.values.value_keys import ValueOwner

DAY = 24 * 60 * 60 * 1_000_000
NOW = TimeUs(100 * DAY)
INTERMEDIATE = "runs/R1/g%2Efoo/1/result"
ASSET = "assets/main/a/b/=/R1.foo.1"

NOTHING = ValueFacts(
    unfinished=frozenset(),
    over_since={RunId("R1"): TimeUs(NOW - 8 * DAY)},
    versions={},
    kept={},
    committed=frozenset(),
    needed=frozenset(),
    removed={},
    oldest_unfinished=None,
    last_event=NOW,
)
COMMITTED = replace(
    NOTHING,
    committed=frozenset(
        {
            ValueOwner(run_id=RunId("R1"), step="g%2Efoo", attempt=1),
            ValueOwner(run_id=RunId("R1"), step="foo", attempt=1),
        }
    ),
)


def file(key: str, modified: int = NOW) -> StoredFile:
    return StoredFile(key=key, size_bytes=10, modified=TimeUs(modified))


def reason(
    key: str, facts: ValueFacts, *, keep_days: float = 7, modified: int = NOW
) -> GarbageReason | None:
    found = find_garbage([file(key, modified)], facts, now=NOW, keep_us=int(keep_days * DAY))
    return found[0].reason if found else None


@pytest.mark.parametrize("key", [INTERMEDIATE, ASSET])
def test_what_no_commit_names_goes_when_its_run_is_over(key: str) -> None:
    assert reason(key, NOTHING) is GarbageReason.UNCOMMITTED


@pytest.mark.parametrize("key", [INTERMEDIATE, ASSET, "runs/R1/g%2Efoo/1/.unfinished-0123"])
def test_what_the_record_does_not_know_of_is_not_garbage_unasked(key: str) -> None:
    unknown = replace(NOTHING, over_since={})
    older = replace(NOTHING, last_event=TimeUs(NOW - 1))
    empty = replace(unknown, last_event=None)
    for facts in (unknown, older, empty):
        assert reason(key, facts) is None
        forgotten = find_garbage([file(key)], facts, now=NOW, keep_us=0, forget=True)
        assert [each.reason for each in forgotten] == [GarbageReason.UNCOMMITTED]


@pytest.mark.parametrize("key", [INTERMEDIATE, ASSET])
def test_nothing_of_a_run_that_is_not_over_goes(key: str) -> None:
    assert reason(key, replace(NOTHING, unfinished=frozenset({RunId("R1")}))) is None


def test_another_attempt_s_commit_does_not_keep_a_value() -> None:
    assert reason("runs/R1/g%2Efoo/2/result", COMMITTED) is GarbageReason.UNCOMMITTED


def test_an_intermediate_is_kept_for_so_long_after_its_run() -> None:
    assert reason(INTERMEDIATE, COMMITTED, keep_days=7) is GarbageReason.INTERMEDIATE
    assert reason(INTERMEDIATE, COMMITTED, keep_days=8) is GarbageReason.INTERMEDIATE
    assert reason(INTERMEDIATE, COMMITTED, keep_days=9) is None


@pytest.mark.parametrize(("newer", "expected"), [(0, None), (2, None), (3, "superseded")])
def test_the_three_newest_versions_of_an_asset_stay(newer: int, expected: str | None) -> None:
    facts = replace(COMMITTED, versions={ASSET: (KeyText("a/b"), newer)})
    assert reason(ASSET, facts) == expected


def test_what_a_run_needs_stays_whatever_it_is() -> None:
    facts = replace(
        COMMITTED,
        versions={ASSET: (KeyText("a/b"), 9)},
        needed=frozenset({ASSET, INTERMEDIATE}),
    )
    assert reason(ASSET, facts) is None
    assert reason(INTERMEDIATE, facts) is None


def test_a_committed_asset_without_a_record_is_left_alone() -> None:
    assert reason(ASSET, COMMITTED) is None


def test_a_value_whose_removal_was_recorded_only_is_removed() -> None:
    facts = replace(COMMITTED, removed={INTERMEDIATE: GarbageReason.INTERMEDIATE})
    assert reason(INTERMEDIATE, facts, keep_days=50) is GarbageReason.INTERMEDIATE


@pytest.mark.parametrize(
    "key", ["assets/x", "runs/R1/notes.txt", "runs/R1/s/one/o", "assets/main/a/b/=/readme"]
)
def test_what_no_attempt_names_so_is_left_alone(key: str) -> None:
    assert reason(key, NOTHING) is None


def test_what_was_being_written_by_a_run_that_is_over_goes() -> None:
    key = "runs/R1/g%2Efoo/1/.unfinished-0123"
    assert reason(key, NOTHING) is GarbageReason.UNCOMMITTED
    assert reason(key, replace(NOTHING, unfinished=frozenset({RunId("R1")}))) is None


def test_what_is_being_written_beside_assets_stays_while_its_writer_may_live() -> None:
    key = "assets/main/a/b/=/.unfinished-0123"
    running = replace(NOTHING, oldest_unfinished=TimeUs(NOW - DAY))
    assert reason(key, NOTHING) is GarbageReason.UNCOMMITTED
    assert reason(key, running) is None
    # A clock may go back, by an hour.
    assert reason(key, running, modified=NOW - DAY - DAY // 24) is None
    assert reason(key, running, modified=NOW - 3 * DAY) is GarbageReason.UNCOMMITTED


def test_garbage_is_sorted_and_says_whose_it_is() -> None:
    found = find_garbage([file(INTERMEDIATE), file(ASSET)], NOTHING, now=NOW, keep_us=0)
    assert found == (
        Garbage(
            key=ASSET,
            reason=GarbageReason.UNCOMMITTED,
            size_bytes=10,
            asset_key=KeyText("a/b"),
            run_id=RunId("R1"),
        ),
        Garbage(
            key=INTERMEDIATE,
            reason=GarbageReason.UNCOMMITTED,
            size_bytes=10,
            run_id=RunId("R1"),
        ),
    )


def test_how_many_versions_stay_is_for_who_asks_and_what_a_run_reads_stays_all_the_same() -> None:
    def superseded(newer: int, keep: int, needed: frozenset[str] = frozenset()) -> bool:
        facts = replace(NOTHING, versions={ASSET: (KeyText("a/b"), newer)}, needed=needed)
        found = find_garbage([file(ASSET)], facts, now=NOW, keep_us=0, keep_versions=keep)
        return [each.reason for each in found] == [GarbageReason.SUPERSEDED]

    assert [superseded(newer, 1) for newer in range(3)] == [False, True, True]
    assert [superseded(newer, 5) for newer in (3, 4, 5)] == [False, False, True]
    assert not superseded(9, 1, needed=frozenset({ASSET}))


def test_an_asset_that_says_how_many_versions_stay_is_heard_before_the_launcher() -> None:
    def superseded(newer: int, kept: dict[KeyText, int]) -> bool:
        facts = replace(NOTHING, versions={ASSET: (KeyText("a/b"), newer)}, kept=kept)
        return bool(find_garbage([file(ASSET)], facts, now=NOW, keep_us=0, keep_versions=3))

    assert [superseded(newer, {KeyText("a/b"): 1}) for newer in range(3)] == [False, True, True]
    assert [superseded(newer, {KeyText("a/b"): 5}) for newer in (3, 4, 5)] == [False, False, True]
    assert [superseded(newer, {KeyText("other"): 5}) for newer in (2, 3)] == [False, True]
