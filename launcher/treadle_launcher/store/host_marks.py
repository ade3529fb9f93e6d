"""How far the store holds the journal of each host."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from treadle_contract.ids import HostId
from treadle_launcher.store.records import HostMark
from treadle_launcher.store.schema import host_marks
from treadle_launcher.store.statements import Statement, put_in

_PUT: Final = put_in(host_marks, "host_id")
_GET: Final = Statement("SELECT last_record FROM host_marks WHERE host_id = :host_id")


def put(connection: Connection, mark: HostMark) -> None:
    """Set a host's mark."""
    _PUT.run(connection, host_id=mark.host_id, last_record=mark.last_record)


def get(connection: Connection, host_id: HostId) -> int:
    """Return the last journal record of this host that the store holds; 0: none."""
    last_record: int | None = _GET.scalar(connection, host_id=host_id)
    return last_record or 0
