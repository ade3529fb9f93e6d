from __future__ import annotations

import math

import click
import pytest

from treadle_client.cli.run_choices import run_timeout


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("1.5", 1.5), ("1m", 60), ("12h", 43200), ("none", math.inf)]
)
def test_a_runs_time_is_written_like_every_time(text: str, seconds: float) -> None:
    assert run_timeout(text) == seconds


@pytest.mark.parametrize("text", ["0", "-1", "soon", "inf", "nan", "1 m", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a duration: write 90, 30m, 12h, or none"):
        run_timeout(text)
