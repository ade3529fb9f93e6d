"""Taking a home over: what a copy of a home holds of runs is its original's, until somebody says so."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from treadle_launcher.home.home import Home, HomeError
from treadle_launcher.store.store import Store


class TakeOver(StrEnum):
    """What becomes of runs that are not over in a home that was written elsewhere."""

    CANCEL = "cancel"
    """They end, as cancelled: nothing more of them runs here."""

    RESUME = "resume"
    """They go on here, by what they were recorded with; what was running is lost."""


_NAMED: Final = 3
"""How many of the runs a refusal names."""


class HomeForeignError(HomeError):
    """The home was written elsewhere, and what it holds is not continued unasked."""


async def check_taken_over(home: Home, store: Store, wanted: TakeOver | None) -> None:
    """Refuse to go on with what a home holds that is somebody else's, unless it is wanted.

    Raises:
        HomeForeignError: it was written elsewhere, and holds runs that are not over.
        StoreError: its runs cannot be read.
    """
    if home.why_foreign is not None and wanted is None:
        unfinished = await store.unfinished_runs()
        if unfinished:
            names = ", ".join(run.run_id for run in unfinished[:_NAMED])
            more = len(unfinished) - _NAMED
            command = f"treadle launcher --home {home.root} --take-over"
            raise HomeForeignError(
                f"the home {home.root} is not continued: {home.why_foreign}, and runs in it are"
                f" not over: {names}{f' and {more} more' if more > 0 else ''}. They belong to the launcher that started them. Say"
                f" `{command} cancel` to have them end here as cancelled, or `{command} resume` to"
                " go on with them here, where what was running counts as lost"
            )
