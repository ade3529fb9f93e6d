"""Long texts, in pieces that are read without the rest."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from treadle_contract.ids import TextId
from treadle_launcher.errors import UnknownTextError
from treadle_launcher.store.schema import text_pieces
from treadle_launcher.store.statements import Statement, added_to

_PIECE: Final = 16_384
"""Characters in a piece; in the last one there may be fewer."""


_ADD: Final = added_to(text_pieces)
_PIECES: Final = Statement(
    "SELECT start, piece FROM text_pieces"
    " WHERE text_id = :text_id AND start > :after AND start < :end ORDER BY start"
)
_KNOWN: Final = Statement("SELECT text_id FROM text_pieces WHERE text_id = :text_id LIMIT 1")


def put(connection: Connection, text_id: TextId, content: str) -> None:
    """Keep a text, unless it is kept already: its id is made of what it says."""
    if _is_known(connection, text_id):
        return
    rows = [
        {"text_id": text_id, "start": start, "piece": content[start : start + _PIECE]}
        for start in range(0, max(len(content), 1), _PIECE)
    ]
    _ADD.run_all(connection, rows)


def piece(connection: Connection, text_id: TextId, offset: int, limit: int) -> str:
    """Return at most `limit` characters from the character `offset`; "" at the end.

    Raises:
        UnknownTextError: there is no such text.
    """
    rows = _PIECES.rows(connection, text_id=text_id, after=offset - _PIECE, end=offset + limit)
    if not rows:
        if not _is_known(connection, text_id):
            raise UnknownTextError([text_id])
        return ""
    skipped = max(offset - rows[0].start, 0)
    return "".join(row.piece for row in rows)[skipped : skipped + limit]


def _is_known(connection: Connection, text_id: TextId) -> bool:
    return _KNOWN.row(connection, text_id=text_id) is not None
