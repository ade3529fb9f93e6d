"""A small plot as SVG: lines over two logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 400, 70, 40, 130, 50
COLOURS = ("#0b6e4f", "#c1440e", "#33539e", "#7a5195")


def svg(title: str, lines: Mapping[str, Mapping[int, float]]) -> str:
    """Return a plot of seconds by size, a line each. Where one is straight, its slope is the power."""
    across = _decades([size for line in lines.values() for size in line])
    up = _decades([seconds for line in lines.values() for seconds in line.values()])
    parts = [_text(LEFT, 22, title)]
    for power in across:
        x = _place(10**power, across, LEFT, WIDTH - RIGHT)
        parts += [_line([(x, TOP), (x, HEIGHT - BOTTOM)]), _text(x, HEIGHT - 30, f"{10**power:,}")]
    for power in up:
        y = _place(10**power, up, HEIGHT - BOTTOM, TOP)
        parts += [_line([(LEFT, y), (WIDTH - RIGHT, y)]), _text(8, y + 4, f"{10.0**power:g} s")]
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        places = [
            (_place(n, across, LEFT, WIDTH - RIGHT), _place(s, up, HEIGHT - BOTTOM, TOP))
            for n, s in sorted(line.items())
        ]
        parts += [_line(places, colour, 2), _text(places[-1][0] + 6, places[-1][1], name, colour)]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n'
        f"{body}\n</svg>\n"
    )


def _decades(values: Sequence[float]) -> range:
    """Return the powers of ten around some values."""
    return range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)


def _place(value: float, decades: range, begin: float, end: float) -> float:
    span = max(decades[-1] - decades[0], 1)
    return begin + (end - begin) * (math.log10(value) - decades[0]) / span


def _line(places: Sequence[tuple[float, float]], colour: str = "#dddddd", width: int = 1) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, colour: str = "#333333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{escape(text)}</text>'
