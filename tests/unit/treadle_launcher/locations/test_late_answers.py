"""Answers that come soon, late, or never."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable

import pytest

from treadle_launcher.errors import LocationUnreachableError
from treadle_launcher.locations.late_answers import LateAnswers

AT_ONCE = 0.001
LONG = 60.0


def on_a_loop(body: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Run a test on an event loop of its own."""

    @functools.wraps(body)
    def test() -> None:
        asyncio.run(asyncio.wait_for(body(), 10))

    return test


async def answered() -> str:
    return "here"


async def refused() -> None:
    raise LocationUnreachableError(["there"])


@on_a_loop
async def test_an_answer_that_comes_soon_has_come_and_a_refusal_has_not() -> None:
    answers = LateAnswers(LONG)

    assert await answers.came(answered())
    assert not await answers.came(refused())
    assert not answers.is_late


@on_a_loop
async def test_an_answer_is_late_until_it_comes() -> None:
    answers, release, came = LateAnswers(AT_ONCE), asyncio.Event(), asyncio.Event()

    async def ask() -> None:
        await release.wait()
        came.set()

    assert not await answers.came(ask())
    assert answers.is_late

    release.set()
    await came.wait()
    await answers.close()
    assert not answers.is_late


@on_a_loop
async def test_a_late_refusal_ends_the_wait_and_is_nobodys_error() -> None:
    answers, release = LateAnswers(AT_ONCE), asyncio.Event()

    async def ask() -> None:
        await release.wait()
        await refused()

    assert not await answers.came(ask())

    release.set()
    await answers.close()
    assert not answers.is_late


@on_a_loop
async def test_who_hangs_up_does_not_end_what_it_asked() -> None:
    answers, release, came = LateAnswers(LONG), asyncio.Event(), asyncio.Event()

    async def ask() -> None:
        await release.wait()
        came.set()

    caller = asyncio.create_task(answers.came(ask()))
    await asyncio.wait({caller}, timeout=AT_ONCE)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    release.set()
    await came.wait()


@on_a_loop
async def test_nothing_is_asked_any_more_once_closed() -> None:
    answers = LateAnswers(AT_ONCE)
    never = asyncio.Event()
    assert not await answers.came(never.wait())

    await answers.close()

    assert not answers.is_late
