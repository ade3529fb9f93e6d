from __future__ import annotations

from datetime import timedelta

import pytest

from treadle_client.cli.duration import duration, duration_text


@pytest.mark.parametrize("text", ["0", "7d", "36h", "30m", "90", "1.5", "0.000001"])
def test_a_time_is_written_as_it_is_read(text: str) -> None:
    assert duration_text(duration(text)) == text


def test_a_time_is_written_in_the_largest_unit_that_says_it_whole() -> None:
    assert duration_text(timedelta(hours=48)) == "2d"
    assert duration_text(duration("120s")) == "2m"
