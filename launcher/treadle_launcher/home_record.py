"""Whether a home's database is the one that its values belong to, and as far as they go."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from treadle_launcher.durability import sync_path
from treadle_launcher.home import HomeError, HomeFolder
from treadle_launcher.private_files import write_whole
from treadle_launcher.store.home_facts import DatabaseFacts, read_facts
from treadle_launcher.value_files import FOLDERS

_MARK: Final = "KNOWN"


class HomeRecordError(HomeError):
    """The database of the home is not the one that its values belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMark:
    """What lies beside the values: the home that they are of, and how far its record went."""

    home_id: str
    last_sequence: int

    def write(self, home: HomeFolder) -> None:
        """Note it, once what was recorded so far is on the disk: it must not be ahead of that.

        Raises:
            OSError: the disk failed.
        """
        log = home.database.with_name(f"{home.database.name}-wal")
        sync_path(log if log.exists() else home.database)
        content = {"home_id": self.home_id, "last_sequence": self.last_sequence}
        write_whole(home.values / _MARK, json.dumps(content) + "\n")


def read_mark(home: HomeFolder) -> RecordMark | None:
    """Return what lies beside the values; None: nothing that can be read."""
    try:
        noted = json.loads((home.values / _MARK).read_text(encoding="utf-8"))
        return RecordMark(home_id=str(noted["home_id"]), last_sequence=int(noted["last_sequence"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_record(home: HomeFolder) -> None:
    """Check that the database is the one that the values belong to; a new home has neither.

    Raises:
        HomeRecordError: it is not.
        StoreError: it cannot be read.
    """
    # First: a launcher beside us may record meanwhile, and the mark is never ahead of that.
    mark = read_mark(home)
    is_there = home.database.is_file() and home.database.stat().st_size > 0
    facts = read_facts(home.database) if is_there else None
    problem = _problem(home, mark, facts)
    if problem is not None:
        raise HomeRecordError(
            f"the home {home.root} is not used: {problem}. Restore {home.database} with what lies"
            " beside it (-wal), or the home as a whole. To go on without the record of what the"
            " database does not know, and have those values removed, say --forget-values to"
            " `treadle launcher`, `treadle dev`, `treadle gc` or `treadle materialize -f`"
        )


def _problem(home: HomeFolder, mark: RecordMark | None, facts: DatabaseFacts | None) -> str | None:
    if facts is None or (facts.home_id is None and facts.last_sequence == 0):
        if mark is None and not _has_values(home.values):
            return None
        what = "is missing" if not home.database.exists() else "is empty"
        return f"its database {what}, and there are values that it should know"
    if facts.home_id is None:
        # An older Treadle wrote both, and noted nothing; or this one wrote the values.
        return None if mark is None else "its database is an older one, or another home's"
    if facts.home_id != home.home_id or (mark is not None and mark.home_id != home.home_id):
        return "its database is another home's"
    if mark is not None and facts.last_sequence < mark.last_sequence:
        return (
            f"its database is older than its values: it ends with event {facts.last_sequence},"
            f" and event {mark.last_sequence} was recorded"
        )
    return None


def _has_values(values: Path) -> bool:
    """Tell whether any file lies where values lie; a home without a record holds few folders."""
    for folder in FOLDERS:
        for _, _, names in os.walk(values / folder):
            if names:
                return True
    return False
