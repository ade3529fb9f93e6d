from __future__ import annotations

import asyncio

from treadle_launcher.clock import ManualClock, TimeUs
from treadle_launcher.engine.wall_clock_timer import WallClockTimer

HOUR_US = 3600 * 1_000_000


def ms(clock: ManualClock, milliseconds: int) -> TimeUs:
    return TimeUs(clock.now() + milliseconds * 1000)


async def test_a_call_comes_when_the_first_moment_does():
    clock, called = ManualClock(), asyncio.Event()
    moments = WallClockTimer(clock, called.set)
    soon, later = ms(clock, 30), ms(clock, 60_000)

    moments.wait_for([later, soon])
    assert not moments.is_due(soon)
    await called.wait()
    moments.look()
    moments.wait_for([later, soon])
    assert moments.is_due(soon)
    assert not moments.is_due(later)
    moments.wait_for([])


async def test_a_clock_that_is_set_changes_nothing_that_is_waited_for():
    clock, called = ManualClock(), asyncio.Event()
    moments = WallClockTimer(clock, called.set)
    soon, later = ms(clock, 30), ms(clock, 60_000)
    moments.wait_for([soon, later])

    clock.advance(-HOUR_US)
    await called.wait()
    moments.look()
    moments.wait_for([soon, later])
    assert moments.is_due(soon)
    clock.advance(2 * HOUR_US)
    assert not moments.is_due(later)
    moments.wait_for([])


async def test_what_is_known_to_be_over_is_not_waited_for_again():
    clock = ManualClock()
    moments = WallClockTimer(clock, lambda: None)
    last, due, later = ms(clock, 0), ms(clock, -1), ms(clock, 60_000)

    clock.advance(-HOUR_US)
    moments.is_due(due, no_earlier=last)
    moments.look()
    assert moments.is_due(due, no_earlier=last)
    assert not moments.is_due(later, no_earlier=last)
    moments.wait_for([due, later])
    assert moments._timer.when() <= asyncio.get_running_loop().time() + 60
    moments.wait_for([])


async def test_what_has_passed_already_is_due_and_is_not_called_for():
    clock = ManualClock()
    moments = WallClockTimer(clock, lambda: None)
    passed = [ms(clock, -1), ms(clock, 0)]

    moments.wait_for(passed)
    moments.look()
    moments.wait_for(passed)
    assert all(moments.is_due(moment) for moment in passed)
    assert moments._timer is None


async def test_what_passes_between_two_looks_is_called_for():
    clock, called = ManualClock(), asyncio.Event()
    moments = WallClockTimer(clock, called.set)
    moment = ms(clock, 1)

    assert not moments.is_due(moment)
    while asyncio.get_running_loop().time() < moments._due[moment]:
        pass
    assert not moments.is_due(moment)
    moments.wait_for([moment])
    await called.wait()
    moments.look()
    assert moments.is_due(moment)
    moments.wait_for([])
