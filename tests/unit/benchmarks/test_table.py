"""Rows as people read them."""

from __future__ import annotations

import pytest

from benchmarks.rows import Beside, Curve, Row, Target, doubling
from benchmarks.table import figure, growth, table


def test_a_row_stands_with_its_limit_ratio_and_target():
    met = Row("a step", 4.0, "ms", (Beside("limit", 2.0), Beside("Dagster", 1000.0)), Target(5.0))
    missed = Row("runs", 27.0, "runs/s", (), Target(60, at_least=True))
    noise = Row("a load", -1.0, "ms", (Beside("limit", 2.0),), Target(5.0))
    lines = table([met, missed, noise]).splitlines()[2:]
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines] == [
        ["a step", "4.00 ms", "limit 2.00 ms; Dagster 1.00 s", "2; 1/250", "≤ 5.00 ms", "yes"],
        ["runs", "27.0 runs/s", "", "", "≥ 60.0 runs/s", "**no**"],
        ["a load", "-1.00 ms", "limit 2.00 ms", "-", "≤ 5.00 ms", "**no**"],
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1234, "ms", "0.123 ms"),
        (12.34, "ms", "12.3 ms"),
        (1234.0, "ms", "1.23 s"),
        (2048.0, "KiB", "2.00 MiB"),
        (12345.0, "runs/s", "12,345 runs/s"),
    ],
)
def test_a_figure_has_three_digits_in_a_unit_that_fits(value, unit, text):
    assert figure(value, unit) == text


def test_a_curve_says_how_often_the_time_of_the_half_is_in_a_time():
    lines = growth(Curve("load", "Treadle", {100: 1.0, 200: 2.5})).splitlines()
    assert [line.split("|")[1:4] for line in lines[2:]] == [
        [" 100 ", " 1.00 s  ", "                     "],
        [" 200 ", " 2.50 s  ", " 2.50                "],
    ]


def test_sizes_double_up_to_the_largest():
    assert doubling(50_000, 5_000) == [6_250, 12_500, 25_000, 50_000]
