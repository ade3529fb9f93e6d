"""How far the store holds the journal of each host."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from treadle_contract.ids import HostId
from treadle_launcher.store.records import HostMark
from treadle_launcher.store.schema import host_marks as table

_ROW: Final = insert(table).values(
    host_id=bindparam("host_id"), last_record=bindparam("last_record")
)
_PUT: Final = _ROW.on_conflict_do_update(
    index_elements=[table.c.host_id], set_={"last_record": _ROW.excluded.last_record}
)


def put(connection: Connection, mark: HostMark) -> None:
    """Set a host's mark."""
    connection.execute(_PUT, {"host_id": mark.host_id, "last_record": mark.last_record})


def get(connection: Connection, host_id: HostId) -> int:
    """Return the last journal record of this host that the store holds; 0: none."""
    query = select(table.c.last_record).where(table.c.host_id == host_id)
    last_record: int | None = connection.execute(query).scalar_one_or_none()
    return last_record or 0
