"""The page that is written from a run, and its plots."""

from __future__ import annotations

from benchmarks.page import write
from benchmarks.report import Report
from benchmarks.rows import Curve, Row, Target


def test_a_page_has_what_was_found_and_what_was_not(tmp_path):
    report = Report("A machine", ["then"])
    curves = [
        Curve("Load of n", "Treadle", {100: 1.0, 200: 2.0}, "n = 400 and more are left out."),
        Curve("Load of n", "Dagster", {100: 5.0}),
        Curve("Run of n", "Treadle", {}, "n = 100 and more are left out."),
    ]
    for each in (Row("a step", 4.0, "ms", (), Target(3.0)), *curves):
        report.add(each)
    report.faults.append("values: stopped after 90 s, its deadline")
    write(report, tmp_path / "performance.md")
    page = (tmp_path / "performance.md").read_text()
    assert "- 0 of 1 targets are met.\n" in page
    assert "- Not measured: values: stopped after 90 s, its deadline\n" in page
    assert "| a step | 4.00 ms |" in page
    assert "n = 400 and more are left out." in page
    assert "n = 100 and more are left out." in page
    assert "![Load of n](performance-1.svg)" in page
    plot = (tmp_path / "performance-1.svg").read_text()
    assert ">Treadle</text>" in plot
    assert ">Dagster</text>" in plot
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "performance-1.svg",
        "performance.md",
    ]
