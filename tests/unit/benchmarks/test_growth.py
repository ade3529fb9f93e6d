"""How far a curve goes."""

from __future__ import annotations

import math

from benchmarks.growth import grown


def test_sizes_are_measured_as_far_as_their_time_goes():
    def measure(size: int) -> dict[str, float]:
        return {"seconds": size}

    assert grown([1, 2, 4], measure, math.inf) == ({n: {"seconds": n} for n in (1, 2, 4)}, "")
    found, stopped = grown([1, 2, 4], measure, 0)
    assert found == {}
    assert stopped == "n = 1 and more are left out: they have 0 s together."
