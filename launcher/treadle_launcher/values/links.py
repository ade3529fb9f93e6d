"""The links for people: `current` beside the versions of an asset names the latest one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from treadle_contract.event import AssetMaterialized
from treadle_launcher import defaults
from treadle_launcher.paced_news import PacedNews
from treadle_launcher.runs.events import Event
from treadle_launcher.store.errors import StoreError
from treadle_launcher.store.store import Store
from treadle_launcher.values.value_files import ValueFiles
from treadle_launcher.values.value_keys import current_link, owner_of

_LOG = logging.getLogger(__name__)


class CurrentLinks:
    """Moves links after commits, in their order, those of a while together. Nothing of ours reads one."""

    def __init__(self, files: ValueFiles, store: Store) -> None:
        self._files = files
        self._store = store
        self._waiting: dict[str, str] = {}
        self._news = PacedNews(defaults.HOUSEKEEPING_PAUSE)
        self._is_closed = False

    def told(self, events: tuple[Event, ...]) -> None:
        """Take note of what was made."""
        for event in events:
            if isinstance(event.payload, AssetMaterialized) and event.payload.value_ref:
                self._put(event.payload.value_ref.key)

    def close(self) -> None:
        """Tell `work` to return when the last link is moved."""
        self._is_closed = True
        self._news.close()

    async def work(self) -> None:
        """Move links until closed; first those that a launcher before this one left behind."""
        try:
            latest = tuple(await self._store.latest_value_keys())
        except StoreError as error:
            _LOG.warning("links_not_checked error=%s", error)
            latest = ()
        await asyncio.to_thread(self._point, [key for key in latest if self._is_still_latest(key)])
        while self._waiting or not self._is_closed:
            await self._news.wait()
            keys, self._waiting = tuple(self._waiting.values()), {}
            await asyncio.to_thread(self._point, keys)

    def _put(self, key: str) -> None:
        if owner_of(key) is not None:
            self._waiting[current_link(key)] = key
            self._news.tell()

    def _is_still_latest(self, key: str) -> bool:
        """Tell whether nothing was made since the record was read."""
        return current_link(key) not in self._waiting

    def _point(self, keys: Iterable[str]) -> None:
        for key in keys:
            try:
                self._files.point_current(key)
            except OSError as error:
                _LOG.warning("link_not_moved key=%s error=%s", key, error)
