"""Rows and curves as tables of Markdown, which also read well at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.rows import Beside, Curve, Row

HEAD = ("what", "Treadle", "beside it", "Treadle / that", "target", "met")
GROWTH_HEAD = ("n", "time(n)", "time(n) / time(n/2)")
DIGITS = 3


def table(rows: Iterable[Row]) -> str:
    """Return the table of rows."""
    return aligned(HEAD, [_cells(row) for row in rows])


def growth(curve: Curve) -> str:
    """Return the table of a curve."""
    cells = [
        (f"{size:,}", figure(seconds * 1e3, "ms"), "" if times is None else f"{times:.2f}")
        for size, seconds, times in curve.growth()
    ]
    return aligned(GROWTH_HEAD, cells)


def figure(value: float, unit: str) -> str:
    """Return a figure as people read it: three digits, in a unit that fits."""
    if unit == "ms" and value >= 1000:  # noqa: PLR2004 -- a second
        return f"{_digits(value / 1000)} s"
    if unit == "KiB" and value >= 1024:  # noqa: PLR2004 -- a mebibyte
        return f"{_digits(value / 1024)} MiB"
    return f"{_digits(value)} {unit}"


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose columns are as wide as their longest cell."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| "
        + " | ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )


def _digits(value: float) -> str:
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return f"{value:,.{max(0, DIGITS - whole)}f}"


def _cells(row: Row) -> tuple[str, ...]:
    value = figure(row.value, row.unit)
    beside = "; ".join(f"{each.name} {figure(each.value, row.unit)}" for each in row.beside)
    ratios = "; ".join(_ratio(row.value, each) for each in row.beside)
    if row.target is None:
        return row.what, value, beside, ratios, "", ""
    sign = "≥" if row.target.at_least else "≤"
    why = f" ({row.target.why})" if row.target.why else ""
    target = f"{sign} {figure(row.target.value, row.unit)}{why}"
    return row.what, value, beside, ratios, target, "yes" if row.target.met(row.value) else "**no**"


def _ratio(value: float, beside: Beside) -> str:
    if value <= 0 or beside.value <= 0:
        return "-"
    ratio = value / beside.value
    return f"{ratio:.3g}" if ratio >= 1 else f"1/{1 / ratio:.3g}"
