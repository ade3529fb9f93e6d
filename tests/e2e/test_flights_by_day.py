"""A week of the flights example, day by day: a day that fails, its retry, the week, by hand from the CSV."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.test_flights import flights, has_value

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "flights" / "delays_by_day.py"
WEEK = [str(date(2013, 1, 6) + timedelta(days=number)) for number in range(7)]
LATE = WEEK[3]


def by_hand() -> dict[str, dict[str, tuple[float, int]]]:
    """Return the sum and number of delays by day and carrier, of the days of the week."""
    found: dict[str, defaultdict[str, list[float]]] = {day: defaultdict(list) for day in WEEK}
    for row in flights():
        day = str(date(int(row["year"]), int(row["month"]), int(row["day"])))
        if day in found and has_value(row["dep_delay"]):
            found[day][row["carrier"]].append(float(row["dep_delay"]))
    return {
        day: {carrier: (sum(delays), len(delays)) for carrier, delays in of_day.items()}
        for day, of_day in found.items()
    }


def test_a_week_of_days_gives_the_figures_of_the_csv(tmp_path: Path) -> None:
    module = tmp_path / "delays_by_day.py"
    module.write_text(EXAMPLE.read_text())
    late = tmp_path / "undelivered"
    late.write_text(f"{LATE}\n")
    expected = by_hand()

    with treadle_client.local(module, home=tmp_path / "home", working_directory=tmp_path) as client:
        client.materialize("departures").result(timeout=60).raise_for_failure()
        first = client.backfill("day_delays", partitions=f"{WEEK[0]}..{WEEK[-1]}")
        with pytest.raises(treadle_client.BackfillFailed, match=LATE):
            first.result(timeout=90).raise_for_failure()
        with pytest.raises(treadle_client.NeverMaterializedError, match=LATE):
            client.materialize("week_delays", partition=WEEK[0])
        late.unlink()
        first.retry().result(timeout=60).raise_for_failure()
        client.backfill("week_delays", partitions=WEEK[0]).result(timeout=60).raise_for_failure()
        made = {day: client.load("day_delays", partition=day) for day in WEEK}
        week = client.load("week_delays", partition=WEEK[0])
        found = client.partitions("day_delays")

    for day in WEEK:
        figures = {
            row.Index: (row.sum, row.size) for row in made[day].rename_axis("carrier").itertuples()
        }
        assert figures == expected[day]
    totals: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0])
    for of_day in expected.values():
        for carrier, (delays, number) in of_day.items():
            totals[carrier][0] += delays
            totals[carrier][1] += number
    assert week == pytest.approx({each: delays / count for each, (delays, count) in totals.items()})
    assert (found.made_count, found.failed_count, found.missing_count) == (7, 0, 358)
