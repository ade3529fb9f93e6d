from __future__ import annotations

from datetime import timedelta

import pytest

from treadle_client.text._words import count, moment, span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.000 s"),
        (0.0421, "0.042 s"),
        (3.14, "3.1 s"),
        (59.9, "59.9 s"),
        (125, "2:05 min"),
        (3600, "1:00:00 h"),
        (90061, "25:01:01 h"),
    ],
)
def test_durations_have_as_many_digits_as_a_person_reads(seconds, text):
    assert span(timedelta(seconds=seconds)) == text


def test_one_thing_is_not_many():
    assert [count(number, "step") for number in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]


def test_no_moment_is_a_dash():
    assert moment(None) == "-"
