"""How far the store holds the journal of each host."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from treadle_launcher.ids import HostId
from treadle_launcher.store.records import HostMark
from treadle_launcher.store.schema import host_marks as table


def put(connection: Connection, mark: HostMark) -> None:
    """Move a host's mark forward; one that lies behind the mark there is changes nothing."""
    row = insert(table).values(host_id=mark.host_id, last_record=mark.last_record)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[table.c.host_id],
            set_={"last_record": func.max(table.c.last_record, row.excluded.last_record)},
        )
    )


def get(connection: Connection, host_id: HostId) -> int:
    """Return the last journal record of this host that the store holds; 0: none."""
    query = select(table.c.last_record).where(table.c.host_id == host_id)
    last_record: int | None = connection.execute(query).scalar_one_or_none()
    return last_record or 0
