"""Long texts, in pieces that are read without the rest."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert, select

from treadle_contract.ids import TextId
from treadle_launcher.errors import UnknownTextError
from treadle_launcher.store.schema import text_pieces as table

_PIECE: Final = 16_384
"""Characters in a piece; in the last one there may be fewer."""


def put(connection: Connection, text_id: TextId, content: str) -> None:
    """Keep a text, unless it is kept already: its id is made of what it says."""
    if _is_known(connection, text_id):
        return
    rows = [
        {"text_id": text_id, "start": start, "piece": content[start : start + _PIECE]}
        for start in range(0, max(len(content), 1), _PIECE)
    ]
    connection.execute(insert(table), rows)


def piece(connection: Connection, text_id: TextId, offset: int, limit: int) -> str:
    """Return at most `limit` characters from the character `offset`; "" at the end.

    Raises:
        UnknownTextError: there is no such text.
    """
    query = (
        select(table.c.start, table.c.piece)
        .where(
            table.c.text_id == text_id,
            table.c.start > offset - _PIECE,
            table.c.start < offset + limit,
        )
        .order_by(table.c.start)
    )
    rows = connection.execute(query).all()
    if not rows:
        if not _is_known(connection, text_id):
            raise UnknownTextError([text_id])
        return ""
    skipped = max(offset - rows[0].start, 0)
    return "".join(row.piece for row in rows)[skipped : skipped + limit]


def _is_known(connection: Connection, text_id: TextId) -> bool:
    query = select(table.c.text_id).where(table.c.text_id == text_id).limit(1)
    return connection.execute(query).scalar_one_or_none() is not None
