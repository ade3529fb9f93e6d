"""News is acted on at once, then together with all that comes within a pause."""

from __future__ import annotations

import asyncio

from treadle_launcher.paced_news import PacedNews

LONG = 3600.0


def test_the_first_news_wakes_at_once() -> None:
    async def body() -> None:
        news = PacedNews(LONG)
        news.tell()
        await news.wait()

    asyncio.run(asyncio.wait_for(body(), timeout=30))


def test_what_comes_soon_after_is_acted_on_together_after_the_pause() -> None:
    async def body() -> None:
        news = PacedNews(0.01)
        news.tell()
        await news.wait()
        for _ in range(10):
            news.tell()
        waiting = asyncio.create_task(news.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        await waiting

    asyncio.run(asyncio.wait_for(body(), timeout=30))


def test_closing_wakes_at_once_whatever_the_pause() -> None:
    async def body() -> None:
        news = PacedNews(LONG)
        news.tell()
        await news.wait()
        news.tell()
        waiting = asyncio.create_task(news.wait())
        news.close()
        await waiting
        news.tell()
        await news.wait()

    asyncio.run(asyncio.wait_for(body(), timeout=30))
