"""Layers of a lake: files of one day as they came, without doubles, and numbers of them; a store that ops write to by themselves."""

import csv
import os
from io import StringIO
from pathlib import Path

from dagster import (
    AssetCheckResult,
    AssetIn,
    AssetKey,
    Config,
    Definitions,
    In,
    MaterializeResult,
    Nothing,
    asset,
    asset_check,
    graph_asset,
    op,
)

SOURCE = {
    "a.tsv": "id\ttitle\n1\tMetropolis\n2\tM",
    "b.tsv": "id\ttitle\n2\tM\n3\tFaust",
}


def _bucket() -> Path:
    place = Path(os.environ["TREADLE_TEST_SCRATCH"]) / "lake"
    place.mkdir(exist_ok=True)
    return place


class Day(Config):
    day: str = "2024-01-01"


@asset(key_prefix=["lake", "bronze"], group_name="bronze")
def films_raw(config: Day) -> MaterializeResult:
    for name, text in SOURCE.items():
        (_bucket() / f"{config.day}-{name}").write_text(text)
    return MaterializeResult(metadata={"files": len(SOURCE), "day": config.day})


@op(ins={"after": In(Nothing)})
def read_bronze(context) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(_bucket().glob("*.tsv"))}


@op
def to_rows(context, source: dict[str, str]) -> list[dict[str, str]]:
    return [
        {**row, "source": name}
        for name, text in source.items()
        for row in csv.DictReader(StringIO(text), delimiter="\t")
    ]


@op
def without_doubles(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({row["id"]: row for row in rows}.values())


@graph_asset(
    name="films",
    key_prefix=["lake", "silver"],
    group_name="silver",
    ins={"films_raw": AssetIn(key=AssetKey(["lake", "bronze", "films_raw"]), dagster_type=Nothing)},
)
def silver_films(films_raw):
    return without_doubles(to_rows(read_bronze(films_raw)))


@asset(ins={"films": AssetIn(key_prefix=["lake", "silver"])}, group_name="gold")
def film_titles(films: list[dict[str, str]]) -> list[str]:
    return sorted(row["title"] for row in films)


@asset_check(asset=AssetKey(["lake", "silver", "films"]))
def ids_are_unique(films: list[dict[str, str]]) -> AssetCheckResult:
    ids = [row["id"] for row in films]
    return AssetCheckResult(passed=len(ids) == len(set(ids)), metadata={"ids": len(ids)})


defs = Definitions(assets=[films_raw, silver_films, film_titles], asset_checks=[ids_are_unique])
