"""Keys of dynamic partitions definitions, in the order in which they were added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sqlite3 import Connection
from typing import Any, Final

from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Page
from treadle_launcher.store.schema import dynamic_partitions
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.statements import Statement, added_to, among, is_there, listed

_ADD: Final = added_to(dynamic_partitions, without=["position"])
_KNOWN: Final = Statement(
    "SELECT partition_key FROM dynamic_partitions WHERE name = :name"
    f" AND {among('partition_key', 'keys')}"
)
_REMOVE: Final = Statement(
    "DELETE FROM dynamic_partitions WHERE name = :name AND partition_key = :partition_key"
)
_EVERY: Final = Statement(
    f"SELECT name, partition_key FROM dynamic_partitions WHERE {among('name', 'names')}"
    " ORDER BY position"
)
_PAGE: Final = Statement(
    "SELECT position, partition_key FROM dynamic_partitions WHERE name = :name"
    " AND position > :after ORDER BY position LIMIT :most"
)


def add(session: WriteSession, name: str, keys: Sequence[str]) -> tuple[str, ...]:
    """Add the keys that a definition does not have, behind those that it has; return them."""
    known = _known(session.connection, name, keys)
    new = tuple(key for key in dict.fromkeys(keys) if key not in known)
    _ADD.run_all(session.connection, [{"name": name, "partition_key": key} for key in new])
    return new


def remove(session: WriteSession, name: str, keys: Sequence[str]) -> tuple[str, ...]:
    """Remove the keys that a definition has; return them."""
    known = _known(session.connection, name, keys)
    old = tuple(key for key in dict.fromkeys(keys) if key in known)
    _REMOVE.run_all(session.connection, [{"name": name, "partition_key": key} for key in old])
    return old


def every(connection: Connection, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the keys of these definitions, in order; one without a key has none."""
    found: dict[str, list[str]] = {name: [] for name in names}
    if is_there(connection, dynamic_partitions):
        for row in _EVERY.rows(connection, names=listed(names)):
            found[row.name].append(row.partition_key)
    return {name: tuple(keys) for name, keys in found.items()}


def page(connection: Connection, name: str, page_size: int, page_token: str) -> Page[str]:
    """Return a page of a definition's keys, in order.

    Raises:
        BadPageTokenError: no call with this name gave this token.
    """
    filters = ("dynamic_partitions", name)
    limit = page_limit(page_size)
    after = parse_token(page_token, filters) or 0
    rows: Sequence[Any] = ()
    if is_there(connection, dynamic_partitions):
        rows = _PAGE.rows(connection, name=name, after=after, most=limit + 1)
    return cut_page(rows, limit, filters, read=_read)


def _known(connection: Connection, name: str, keys: Sequence[str]) -> frozenset[str]:
    return frozenset(_KNOWN.column(connection, name=name, keys=listed(keys)))


def _read(row: Any) -> tuple[int, int, str]:
    return row.position, len(row.partition_key), row.partition_key
