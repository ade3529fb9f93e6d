"""A list is what its annotation says of its elements, wherever it goes: out of an op, into an op, as an asset."""

from typing import TypedDict

from dagster import asset, graph_asset, op


class Parcel(TypedDict):
    to: str
    grams: int


@op
def weigh() -> list[Parcel]:
    return [{"to": "Oslo", "grams": 1200}, {"to": "Rome", "grams": 80}]


@op
def heavy(parcels: list[Parcel]) -> dict[str, int]:
    return {parcel["to"]: parcel["grams"] for parcel in parcels if parcel["grams"] > 1000}


@graph_asset
def heavy_parcels():
    return heavy(weigh())


@asset
def unweighed_parcels() -> list[Parcel]:
    return [{"to": "Oslo", "grams": 1200}, {"to": "Rome", "grams": "light"}]


@asset
def streets():
    return ["Main Street", 5]


@asset
def street_names(streets: list[str]) -> str:
    return ", ".join(streets)
