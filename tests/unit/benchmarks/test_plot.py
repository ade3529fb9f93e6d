"""Plots of growth."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from benchmarks.plot import svg


def test_what_grows_linearly_is_a_straight_line_that_rises_a_decade_in_a_decade():
    drawn = svg("load & plan", {"Treadle": {100: 1.0, 1_000: 10.0, 10_000: 100.0}})
    line = next(each for each in ElementTree.fromstring(drawn).iter() if _is_line(each))
    places = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
    (x0, y0), (x1, y1), (x2, y2) = places
    assert (round(x1 - x0, 1), round(y1 - y0, 1)) == (round(x2 - x1, 1), round(y2 - y1, 1))
    assert x0 < x1
    assert y0 > y1
    assert re.findall(r">([^<\n]+)</text>", drawn)[0] == "load &amp; plan"


def _is_line(element: ElementTree.Element) -> bool:
    return element.attrib.get("stroke-width") == "2"
