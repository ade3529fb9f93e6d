"""Backfills end to end: a week with a day that fails, its retry, a cancel, a kill of the launcher."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.standing import standing, wait_for
from treadle_client import BackfillPartitionState, BackfillState, PartitionKeyRange, cli

SECONDS = 60

CODE = """
from pathlib import Path
import time

from treadle import (
    AssetIn, BackfillPolicy, DailyPartitionsDefinition, Definitions, DynamicPartitionsDefinition,
    MaterializeResult, Output, StaticPartitionsDefinition, TimeWindowPartitionMapping, asset,
)

HERE = Path(__file__).parent
DAYS = DailyPartitionsDefinition(start_date="2013-01-01", end_date="2013-01-11")
SHOPS = StaticPartitionsDefinition(["north", "south"])


def note(name, key):
    with open(HERE / "effects", "a") as effects:
        effects.write(f"{name} {key}\\n")


@asset(partitions_def=DAYS)
def daily(context):
    note("daily", context.partition_key)
    return int(context.partition_key[-2:])


@asset(partitions_def=DAYS)
def doubled(context, daily):
    note("doubled", context.partition_key)
    if (HERE / f"bad-{context.partition_key}").exists():
        raise ValueError("no luck")
    return 2 * daily


@asset(partitions_def=DAYS, backfill_policy=BackfillPolicy.multi_run(max_partitions_per_run=4))
def grouped(context):
    for key in context.partition_keys:
        if (HERE / f"bad-{key}").exists():
            raise ValueError("no luck")
        yield Output(int(key[-2:]), partition_key=key)


@asset(
    partitions_def=DAYS,
    ins={"total": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1, True))},
)
def total(context, total):
    made, last = {}, sum(total.values())
    for key in context.partition_keys:
        made[key] = last = last + int(key[-2:])
    return made if len(made) > 1 else last


@asset(partitions_def=SHOPS)
def waiting(context):
    note("waiting", context.partition_key)
    while not (HERE / "release").exists():
        time.sleep(0.01)
    return context.partition_key


@asset(partitions_def=DynamicPartitionsDefinition(name="customers"))
def customer(context):
    return context.partition_key.upper()


@asset
def plain():
    if (HERE / "bad-plain").exists():
        raise ValueError("no luck")
    return 1


defs = Definitions(assets=[daily, doubled, grouped, total, waiting, customer, plain])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backfills")
    (folder / "days.py").write_text(CODE)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[treadle_client.Client]:
    with treadle_client.local(folder / "days.py", home=folder / "home") as client:
        yield client


def day(number: int) -> str:
    return f"2013-01-{number:02}"


def span(first: int, last: int) -> PartitionKeyRange:
    return PartitionKeyRange(first=day(first), last=day(last))


def effects(folder: Path) -> Counter[str]:
    try:
        return Counter((folder / "effects").read_text().splitlines())
    except FileNotFoundError:
        return Counter()


def states(
    partitions: treadle_client.BackfillResult,
) -> dict[str, BackfillPartitionState]:
    return {key: each.state for key, each in partitions.partitions.items()}


def failing(folder: Path, *keys: str) -> Sequence[Path]:
    marks = [folder / f"bad-{key}" for key in keys]
    for mark in marks:
        mark.touch()
    return marks


def test_a_week_is_backfilled_and_the_day_that_failed_is_retried(client, folder):
    (bad,) = failing(folder, day(4))
    asked = {"partitions": f"{day(1)}..{day(7)}"}

    planned = client.plan_backfill("daily or doubled", **asked)
    backfill = client.backfill("daily or doubled", **asked, tags={"why": "test"})
    result = backfill.result(timeout=SECONDS)

    assert [run.partitions for run in planned.runs] == [(span(n, n),) for n in range(1, 8)]
    assert planned.asset_keys == ("daily", "doubled")
    assert not result.succeeded
    made, failed = BackfillPartitionState.SUCCEEDED, BackfillPartitionState.FAILED
    assert states(result) == {day(n): failed if n == 4 else made for n in range(1, 8)}
    with pytest.raises(treadle_client.BackfillFailed, match=f"{day(4)}: FAILED, run "):
        result.raise_for_failure()
    run = backfill.run(day(4))
    assert run is not None
    assert run.describe().tags == {"why": "test", "treadle/backfill": backfill.backfill_id}
    found = client.partitions("doubled")
    assert (found.made_count, found.failed_count, found.missing_count) == (6, 1, 3)
    assert (found.made, found.failed) == ((span(1, 3), span(5, 7)), (span(4, 4),))
    assert client.partitions("daily").made == (span(1, 7),)
    with pytest.raises(treadle_client.NotMadeError):
        client.load("doubled", partition=day(4))

    bad.unlink()
    again = backfill.retry()
    retried = again.result(timeout=SECONDS)

    retried.raise_for_failure()
    assert states(retried) == {day(4): made}
    assert again.describe().retry_of == backfill.backfill_id
    # It goes on from the run that failed: what succeeded of the day is not made again.
    assert effects(folder)[f"daily {day(4)}"] == 1
    assert effects(folder)[f"doubled {day(4)}"] == 2
    assert [client.load("doubled", partition=day(n)) for n in range(1, 8)] == list(range(2, 15, 2))
    with pytest.raises(treadle_client.NothingToBackfillError, match="nothing to retry"):
        again.retry()


def test_only_what_is_missing_or_failed_is_made(client, folder):
    (bad,) = failing(folder, day(9))
    client.backfill("doubled or daily", partitions=[day(8), day(9)]).result(timeout=SECONDS)
    bad.unlink()

    failed = client.plan_backfill("doubled", failed=True)
    missing = client.plan_backfill("doubled", missing=True, partitions=f"{day(8)}..{day(10)}")
    both = client.plan_backfill("doubled", missing=True, failed=True)
    client.backfill("doubled", failed=True).result(timeout=SECONDS).raise_for_failure()

    assert [run.partitions for run in failed.runs] == [(span(9, 9),)]
    assert [run.partitions for run in missing.runs] == [(span(10, 10),)]
    assert both.partition_count == failed.partition_count + missing.partition_count
    with pytest.raises(treadle_client.NothingToBackfillError, match="doubled is failed"):
        client.backfill("doubled", failed=True)


def test_a_run_of_several_partitions_keeps_those_that_it_made(client, folder):
    (bad,) = failing(folder, day(7))

    result = client.backfill("grouped").result(timeout=SECONDS)

    made, failed = BackfillPartitionState.SUCCEEDED, BackfillPartitionState.FAILED
    runs = [each.run_id for each in result.partitions.values()]
    assert [len(set(runs[begin : begin + 4])) for begin in (0, 4, 8)] == [1, 1, 1]
    assert len(set(runs)) == 3
    expected = {day(n): failed if n in {5, 6, 7, 8} else made for n in range(1, 11)}
    found = client.partitions("grouped")
    kept = {key for key, state in states(result).items() if state is made}
    assert kept >= {key for key, state in expected.items() if state is made}
    assert found.made_count == len(kept)
    assert found.failed_count == 10 - len(kept)
    assert found.missing_count == 0
    described = client.get_backfill(result.backfill_id).describe()
    assert (described.succeeded_count, described.failed_count) == (len(kept), 10 - len(kept))
    bad.unlink()


def test_an_asset_that_goes_on_from_its_own_partitions_is_made_in_their_order(client):
    def totals() -> list[object]:
        return [client.load("total", partition=day(number)) for number in range(1, 8)]

    summed = [1, 3, 6, 10, 15, 21, 28]
    assert client.backfill("total", partitions=span(1, 7)).result(timeout=SECONDS).succeeded
    assert totals() == summed

    # Once more, in one run: what is stored of the days that it makes is not read.
    run = client.materialize("total", partitions=f"{day(3)}..{day(7)}")
    assert run.result(timeout=SECONDS).succeeded
    assert totals() == summed


def test_keys_that_were_added_are_backfilled_as_they_were_when_it_began(client):
    client.add_partitions("customers", ["ada", "bob"])
    backfill = client.backfill("customer")
    client.add_partitions("customers", ["eve"])

    result = backfill.result(timeout=SECONDS)

    assert list(states(result)) == ["ada", "bob"]
    assert client.load("customer", partition="bob") == "BOB"
    assert client.partitions("customer").missing == (PartitionKeyRange(first="eve", last="eve"),)


def test_a_named_request_is_one_backfill(client):
    asked = {"partitions": day(1), "idempotency_key": "nightly"}

    first = client.backfill("daily", **asked)
    again = client.backfill("daily", **asked)

    assert (first.existed, again.existed) == (False, True)
    assert first.backfill_id == again.backfill_id
    with pytest.raises(treadle_client.IdempotencyConflictError, match=first.backfill_id):
        client.backfill("doubled", **asked)
    first.result(timeout=SECONDS).raise_for_failure()


@pytest.mark.parametrize(
    ("selection", "asked", "said"),
    [
        (
            "plain",
            {},
            "Nothing that is selected has partitions: plain. Select a partitioned asset.",
        ),
        ("daily or waiting", {}, "several partitions definitions: daily and waiting"),
        ("daily", {"partitions": "2013-02-01"}, "no partition '2013-02-01'. Nearest: 2013-01-10"),
        ("daily", {"partitions": f"{day(4)}..{day(2)}"}, f"{day(2)} comes before {day(4)}"),
        ("nothing", {}, "No asset has the key 'nothing'."),
    ],
)
def test_what_cannot_be_backfilled_is_refused_before_anything_is_recorded(
    client, selection, asked, said
):
    before = len(list(client.backfills()))

    with pytest.raises(treadle_client.RequestError, match=said):
        client.backfill(selection, **asked)

    assert len(list(client.backfills())) == before


def test_an_asset_says_whether_it_has_partitions(client):
    with pytest.raises(treadle_client.RequestError, match="plain has no partitions"):
        client.partitions("plain")
    with pytest.raises(treadle_client.NotFoundError, match="Did you mean daily"):
        client.partitions("dailly")


def test_what_is_on_record_is_selected(client, folder):
    (bad,) = failing(folder, "plain")
    before = client.plan("missing() and (plain or daily)", partition=day(10)).selected_asset_keys

    first = client.materialize("missing() and plain").result(timeout=SECONDS)
    second = client.materialize("failed() and plain").result(timeout=SECONDS)
    bad.unlink()
    third = client.materialize("failed() and plain").result(timeout=SECONDS)

    assert before == ("daily", "plain")
    assert (first.succeeded, second.succeeded, third.succeeded) == (False, False, True)
    with pytest.raises(treadle_client.SelectionError, match="selects nothing"):
        client.plan("(missing() or failed()) and plain")


def test_the_command_launches_shows_and_retries(client, folder, capsys):
    def treadle(*arguments: str, status: int = 0) -> str:
        assert cli.run([*arguments, "--launcher", client.address]) == status
        return capsys.readouterr().out

    (bad,) = failing(folder, day(2))
    asked = ("--select", "daily or doubled", "--partitions", f"{day(1)}..{day(2)}")
    plan = treadle("backfill", *asked, "--plan")
    shown = treadle("backfill", *asked, status=1)
    bad.unlink()
    listed = treadle("backfill")
    retried = treadle("backfill", "retry", "latest")
    partitions = treadle("partitions", "doubled")
    described = json.loads(treadle("backfill", "show", "latest", "--json"))

    assert "2 runs of daily, doubled at days: 2 partitions, 1 a run at most" in plan
    assert "1 succeeded, 1 failed" in shown
    assert f"{day(2)}  FAILED" in " ".join(shown.split("\n")) or day(2) in shown
    assert "1/2" in listed
    assert "SUCCEEDED, 1 partition: 1 succeeded" in retried
    assert partitions.startswith("doubled: 10 partitions, ")
    assert described["backfill"]["status"] == "SUCCEEDED"
    assert [each["partition_key"] for each in described["partitions"]] == [day(2)]


def test_a_cancel_ends_what_runs_and_launches_nothing_more(client, folder):
    backfill = client.backfill("waiting", max_runs=1)
    wait_for(lambda: effects(folder)["waiting north"] == 1, client)

    backfill.cancel("enough")
    result = backfill.result(timeout=SECONDS)

    assert result.status is BackfillState.CANCELLED
    cancelled = BackfillPartitionState.CANCELLED
    assert states(result) == {"north": cancelled, "south": cancelled}
    assert result.partitions["south"].run_id is None
    assert effects(folder)["waiting south"] == 0
    assert client.partitions("waiting").missing_count == 2
    with pytest.raises(treadle_client.RequestError, match="has ended already"):
        backfill.cancel()


def test_a_killed_launcher_goes_on_with_what_it_had(tmp_path):
    module = tmp_path / "days.py"
    module.write_text(CODE)
    with standing(module, tmp_path / "home", flags=["--max-runs", "2"]) as services:
        with services.connect() as client:
            stuck = client.backfill("waiting", max_runs=1).backfill_id
            week = client.backfill("daily or doubled", partitions=f"{day(1)}..{day(6)}")
            wait_for(lambda: effects(tmp_path)["waiting north"] == 1, client)
            wait_for(lambda: effects(tmp_path)[f"doubled {day(2)}"] == 1, client)
        services.kill_launcher()
        (tmp_path / "release").touch()
        services.start_launcher()
        with services.connect() as client:
            results = [
                client.get_backfill(each).result(timeout=SECONDS)
                for each in (week.backfill_id, stuck)
            ]

    for result in results:
        result.raise_for_failure()
    expected = {f"{name} {day(n)}": 1 for name in ("daily", "doubled") for n in range(1, 7)}
    assert effects(tmp_path) == {**expected, "waiting north": 1, "waiting south": 1}


def test_a_backfill_of_services_of_ones_own_ends_with_them(tmp_path):
    module, home = tmp_path / "days.py", tmp_path / "home"
    module.write_text(CODE)
    with treadle_client.local(module, home=home) as client:
        backfill_id = client.backfill("waiting", max_runs=1).backfill_id
        wait_for(lambda: effects(tmp_path)["waiting north"] == 1, client)

    with treadle_client.local(module, home=home) as client:
        ended = client.get_backfill(backfill_id).describe()

    assert ended.status is BackfillState.CANCELLED
    assert ended.cancel_reason == "the launcher ends with its starter"
    assert (ended.cancelled_count, ended.running_count) == (2, 0)
