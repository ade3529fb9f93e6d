"""What a plan's notes say of assets that its selection reaches in other locations."""

from __future__ import annotations

from treadle_api.v1 import graph_pb2
from treadle_contract.ids import KeyText
from treadle_contract.plan import PlanHeader
from treadle_launcher.planning.elsewhere import elsewhere_notes
from treadle_launcher.planning.plan import Plan
from treadle_launcher.wire.graph import Graph


def graph(**upstream: str) -> Graph:
    """Return a graph that makes these assets, each from the one that is named, "" from none."""
    made = [
        graph_pb2.Asset(key=key, block="block", upstream_keys=filter(None, [read]))
        for key, read in upstream.items()
    ]
    read = {key for key in upstream.values() if key and key not in upstream}
    assets = [*made, *(graph_pb2.Asset(key=key) for key in read)]
    return Graph([graph_pb2.GraphPart(assets=assets)])


GRAPHS = {"a": graph(report="sales"), "b": graph(sales="raw", early="raw"), "c": graph(raw="")}


def notes(location: str, *, above: tuple[str, ...] = (), below: tuple[str, ...] = ()) -> list[str]:
    plan = Plan(
        header=PlanHeader(
            location=location,
            digest="d",
            fingerprint="f",
            above_asset_keys=tuple(map(KeyText, above)),
            below_asset_keys=tuple(map(KeyText, below)),
        ),
    )
    return list(elsewhere_notes(plan, GRAPHS))


def test_what_is_above_and_made_elsewhere_is_named_with_who_makes_it():
    assert notes("a", above=("sales",)) == [
        (
            "sales is made by location b: a run makes assets of one location only;"
            " launch it with --location b."
        )
    ]


def test_what_nobody_makes_is_not_told_of():
    assert notes("a", above=("a_table",)) == []


def test_what_is_below_and_made_elsewhere_is_named_with_what_it_is_made_from():
    assert notes("b", below=("sales", "early")) == [
        (
            "report is made from sales by location a: a run makes assets of one location only;"
            " launch it with --location a."
        )
    ]
    assert notes("c", below=("raw",)) == [
        (
            "early, sales are made from raw by location b: a run makes assets of one location only;"
            " launch it with --location b."
        )
    ]
