"""The desk where hosts dial in: which host a connection is, and what it said to whom it concerns."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from treadle_contract.event import StartMethod
from treadle_contract.ids import TaskId
from treadle_contract.worker import (
    Ack,
    Commit,
    Drain,
    Hello,
    HostState,
    Prepare,
)
from treadle_launcher.engine.host import Host, HostStage
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.stranger import Stranger
from treadle_launcher.hosts.frames import (
    OLDEST_PROTOCOL_VERSION,
    PROTOCOL_VERSION,
    FrameError,
    FromHost,
)
from treadle_launcher.hosts.listener import Connection
from treadle_launcher.runs.journal import Record

_LOG = logging.getLogger(__name__)


class HostNews(Protocol):
    """What acts on the news of hosts."""

    def host_ready(self, host: Host) -> None:
        """Learn that a host takes tasks from now on."""
        ...

    def host_unfit(self, host: Host, hello: Hello) -> None:
        """Learn that a host cannot serve: of its code, or of its version; it leaves."""
        ...

    def host_outdated(self, host: Host) -> None:
        """Learn that a host of another version gets no further task; what it runs goes on."""
        ...

    def host_returned(self, host: Host, running: Sequence[TaskId]) -> None:
        """Learn that a host that was ready dialled again, and which tasks it runs."""
        ...

    def host_hung_up(self, host: Host) -> None:
        """Learn that a host's connection ended: it starts nothing more by itself."""
        ...

    def host_reported(self, host: Host, records: Sequence[Record]) -> None:
        """Take journal records that were not taken before."""
        ...

    def host_answered(self, host: Host, ack: Ack) -> None:
        """Learn what a host knows of a task."""
        ...


class HostDesk:
    """Acts on the frames of all connections."""

    def __init__(self, pool: HostPool, news: HostNews) -> None:
        self._pool = pool
        self._news = news
        self._hosts: dict[Connection, Host] = {}
        self._strangers: dict[Connection, Stranger] = {}
        self._is_closed = False
        self._fault: Callable[[BaseException], None] = lambda error: None

    def on_fault(self, act: Callable[[BaseException], None]) -> None:
        """Call this when acting on a frame raised: what was decided is not to be trusted."""
        self._fault = act

    def open(self) -> None:
        """Take connections again."""
        self._is_closed = False
        for host in self._pool.all():
            if host.disconnected.is_set():
                # It was hung up on here, and may have gone since; one that lives dials again.
                self._pool.watchdog.asked(host)

    def frame_received(self, connection: Connection, frame: FromHost) -> None:
        """Take a frame. A host whose frame cannot be acted on is ended, and no other."""
        if self._is_closed:
            connection.close()
            return
        try:
            self._act_on(connection, frame)
        except Exception as error:  # noqa: BLE001 - whatever it is, other hosts are served
            _LOG.exception("frame_not_acted_on")
            connection.close()
            host = self._hosts.get(connection)
            if host is not None:
                why = f"what it said could not be acted on ({type(error).__name__}: {error})"
                self._pool.kill_for(host, f"{why}, and it was killed")
            self._fault(error)

    def _act_on(self, connection: Connection, frame: FromHost) -> None:
        if isinstance(frame, Hello):
            self._hello(connection, frame)
            return
        host = self._hosts.get(connection)
        if host is None and connection in self._strangers:
            if isinstance(frame, tuple):
                self._strangers[connection].reported(frame)
            return
        if host is None:
            _LOG.warning("frame_ignored reason=no_hello")
            return
        self._pool.watchdog.heard(host)
        if isinstance(frame, tuple):
            records = [record for record in frame if record.number > host.received]
            if records:
                self._news.host_reported(host, records)
        else:
            self._news.host_answered(host, frame)

    def frame_refused(self, connection: Connection, error: FrameError) -> None:
        """Learn that what came is no frame: nothing that such a host says can be believed."""
        host = self._hosts.get(connection)
        if host is None and error.host_id is not None:
            host = self._pool.get(error.host_id)
        if host is not None and not self._is_closed:
            host.fault = f"it sent what the contract does not allow: {error}"
            self._pool.kill_for(host, f"{host.fault}, and was killed")

    def connection_lost(self, connection: Connection) -> None:
        """Learn that nothing more comes over a connection."""
        self._strangers.pop(connection, None)
        host = self._hosts.pop(connection, None)
        if host is not None and host.connection is connection:
            host.connection = None
            host.disconnected.set()
            if not self._is_closed:
                # Of one whose guard is stopped, nothing else tells that it is gone.
                self._pool.watchdog.hung_up(host)
                self._news.host_hung_up(host)

    def close(self) -> None:
        """End every connection and take no more; the hosts live on and dial again."""
        self._is_closed = True
        for connection in (*self._hosts, *self._strangers):
            connection.close()

    def _hello(self, connection: Connection, hello: Hello) -> None:
        host = self._pool.get(hello.host_id)
        if host is None or not self._pool.recognises(host, hello.process):
            _LOG.warning("host_refused host=%s reason=unknown", hello.host_id)
            self._strangers[connection] = Stranger(connection, hello, self._pool.term_grace_ms)
            return
        if not OLDEST_PROTOCOL_VERSION <= hello.protocol_version <= PROTOCOL_VERSION:
            self._refuse(connection, host, hello)
            return
        self._pool.watchdog.heard(host)
        host.said = hello.state
        is_new = host.connection is not connection
        if is_new:
            self._hosts[connection] = host
            host.connection = connection
            host.disconnected.clear()
            host.dialled_at = hello.last_record
            connection.send(Commit(record=host.committed))
        if host.stage is HostStage.LEAVING:
            self._pool.drain(host)
            if is_new:
                self._news.host_returned(host, hello.running_task_ids)
        elif hello.protocol_version < PROTOCOL_VERSION:
            _LOG.info("host_outdated host=%s version=%d", host.host_id, hello.protocol_version)
            # First of all: what it had not heard of before, it refuses now.
            self._pool.drain(host)
            self._news.host_returned(host, hello.running_task_ids)
            self._news.host_outdated(host)
        elif hello.state is HostState.NEW:
            connection.send(Prepare())
        elif hello.state is HostState.READY:
            self._ready(host, hello, is_return=is_new and host.stage is HostStage.READY)
        else:
            host.stage = HostStage.LEAVING
            host.hold_timer(None)
            self._news.host_unfit(host, hello)

    def _refuse(self, connection: Connection, host: Host, hello: Hello) -> None:
        """Take nothing from a host whose frames mean what is not known here."""
        if host.stage is HostStage.FOREIGN:
            return
        _LOG.error(
            "host_refused host=%s reason=protocol version=%d known=%d..%d kept=%s",
            host.host_id,
            hello.protocol_version,
            OLDEST_PROTOCOL_VERSION,
            PROTOCOL_VERSION,
            host.folder.journal,
        )
        if host.process is not None:
            # This launcher started it, from files that were replaced beneath it: nothing runs.
            host.stage = HostStage.LEAVING
            connection.send(Drain(cancel_running=True, grace_ms=self._pool.term_grace_ms))
            self._news.host_unfit(host, hello)
            return
        # It keeps its journal for a launcher that can read it, and waits on this connection.
        self._pool.leave_alone(host)
        self._news.host_outdated(host)

    def _ready(self, host: Host, hello: Hello, *, is_return: bool) -> None:
        if host.stage is HostStage.STARTING:
            host.hold_timer(None)
            host.stage = HostStage.READY
            host.start_method = hello.start_method or StartMethod.FORK
            host.start_method_reason = hello.start_method_reason
            host.notes = hello.notes
            self._news.host_returned(host, hello.running_task_ids)
            self._news.host_ready(host)
        elif is_return:
            self._news.host_returned(host, hello.running_task_ids)
