"""What is said of which processes took the processor."""

from __future__ import annotations

from benchmarks import shares
from benchmarks.shares import HOST, LAUNCHER, STEPS, Shares


def test_what_was_taken_before_is_not_counted():
    before = Shares({LAUNCHER: 1.0}, 100)
    after = Shares({LAUNCHER: 1.5, HOST: 0.25, STEPS: 2.0}, 350)

    assert after.since(before) == Shares({LAUNCHER: 0.5, HOST: 0.25, STEPS: 2.0}, 250)


def test_processes_that_are_no_services_have_no_share():
    assert set(shares.taken().seconds) <= {shares.SERVICES}
