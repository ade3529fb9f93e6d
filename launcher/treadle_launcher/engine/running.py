"""The engine's life: built, resumed, and ended as the launcher's kind wants it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from treadle_access.addresses import UnixAddress
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher import defaults
from treadle_launcher.clock import Clock
from treadle_launcher.engine.board import Board
from treadle_launcher.engine.engine import ENDING, Engine
from treadle_launcher.engine.host_desk import HostDesk
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.host_watchdog import HostWatchdog
from treadle_launcher.engine.mode import EngineMode
from treadle_launcher.engine.recovery import Recovery
from treadle_launcher.engine.replanning import Replanning
from treadle_launcher.engine.sockets import Sockets
from treadle_launcher.home.home import Home
from treadle_launcher.home.taking_over import TakeOver
from treadle_launcher.hosts.listener import listen
from treadle_launcher.hosts.provider import HostOptions, HostStartError
from treadle_launcher.planning.planning import Planner
from treadle_launcher.runs.retrying import Chance, Retries
from treadle_launcher.serving.arguments import Settings
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.errors import SpoiltRunError, StoreError
from treadle_launcher.store.store import Store
from treadle_launcher.values.stored_values import StoredValues

_LOG = logging.getLogger(__name__)

LEFT = "its launcher was killed, with which it ends"
"""Why a launcher cancels what an ephemeral one left."""

TAKEN = "its home was taken over, where it does not go on"
"""Why a launcher cancels what a home holds that was written elsewhere."""

_RETRY_SECONDS = 1.0
"""Between two tries to go on after the store refused."""

_LONGEST_PAUSE_SECONDS = 30.0
"""Between such tries in the end, if each of them fails."""

_SAY_AGAIN_SECONDS = 60.0
"""How often the log says that the same thing still goes wrong."""

_END_MARGIN = 5.0
"""How long ending may take beside the grace between TERM and KILL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """What the engine is built of."""

    home: Home
    store: Store
    planner: Planner
    watchers: Watchers
    clock: Clock
    chance: Chance = random.random
    is_home_gone: Callable[[], bool] = lambda: False


class RunningEngine:
    """The engine, its board and its hosts. Made by `running_engine` alone."""

    def __init__(self, parts: EngineParts, settings: Settings, host_socket: UnixAddress) -> None:
        options = HostOptions(
            socket=host_socket,
            served=settings.bind,
            alive_fd=settings.alive_fd,
            orphan_grace=settings.orphan_grace,
            idle_host=settings.idle_host,
            term_grace=settings.term_grace,
            start_method=settings.start_method,
            log_limit=settings.log_limit,
            durability=settings.durability,
        )
        self._term_grace = settings.term_grace
        self._orphan_grace = settings.orphan_grace
        watchdog = HostWatchdog(settings.term_grace, settings.host_answer)
        self._pool = HostPool(parts.home, options, settings.max_idle_hosts, watchdog)
        self.board = Board(
            parts.store,
            self._pool,
            parts.watchers,
            parts.clock,
            max_runs=settings.max_runs,
            max_steps=settings.max_steps,
        )
        self._replanning = Replanning(parts.planner, parts.store, self.board)
        retries = Retries(parts.chance)
        problem = StoredValues(parts.home.values).problem
        self.engine = Engine(self.board, self._pool, self._replanning, retries, problem)
        self.desk = HostDesk(self._pool, self.engine)
        self._is_ephemeral = settings.is_ephemeral
        self._is_home_gone = parts.is_home_gone
        self._home = parts.home
        is_foreign = parts.home.why_foreign is not None
        self._ends_taken = is_foreign and settings.take_over is TakeOver.CANCEL
        self._recovery = Recovery(
            parts.home, parts.store, self.board, self._pool, is_ephemeral=settings.is_ephemeral
        )
        self._sockets: Sockets | None = None
        self._again: asyncio.Task[None] | None = None
        self._said = ""
        self._said_at = 0.0

    async def start(self) -> None:
        """Go on with what is not over, and have the home be here from now on.

        Raises:
            StoreError: it cannot be read.
            HomeError: the home cannot be written.
        """
        self._pool.on_end(self.engine.host_ended)
        self._pool.watchdog.on_question(self.engine.ask)
        self._pool.watchdog.on_silence(self.engine.host_silent)
        self._pool.watchdog.on_failure(self.engine.host_stuck)
        self.board.on_fault(self._begin_again)
        self.desk.on_fault(self._begin_again)
        self.board.on_overdue(self.engine.end_overdue)
        if self._ends_taken:
            await self._end_left(TAKEN)
            # Before that is recorded, it is somebody else's still: nobody goes on with it unasked.
            await self.board.committed()
        elif self._is_ephemeral:
            await self._end_left(LEFT)
        else:
            await self._recovery.resume()
        self._home.be_here()

    @property
    def why_left_ends(self) -> str:
        """Why what an earlier launcher left is cancelled when this one starts; "": it goes on."""
        if self._ends_taken:
            return TAKEN
        return LEFT if self._is_ephemeral else ""

    async def _end_left(self, reason: str) -> None:
        """Cancel what is taken up, before any of it goes on."""
        self.board.mode = EngineMode.ENDING
        await self._recovery.resume()
        turn = self.board.turn()
        for run in self.board.all():
            self.engine.request_cancel(turn, run, reason)
        self.board.mode = EngineMode.WORKING
        self.board.settle(turn)

    async def end(self) -> None:
        """Cancel what runs, stop the hosts, and return when none is left."""
        self.board.mode = EngineMode.ENDING
        if self._is_home_gone():
            # Nothing that ends by itself from here on could be stored, or recorded.
            await self._kill_hosts()
            return
        turn = self.board.turn()
        for run in self.board.all():
            self.engine.request_cancel(turn, run, ENDING)
        self.board.settle(turn)
        for host in self._pool.all():
            self._pool.end(host)
        try:
            async with asyncio.timeout(self._term_grace + _END_MARGIN):
                await self.board.empty()
                await self._pool.empty()
                await self.board.flushed()
        except TimeoutError:
            _LOG.warning("hosts_killed reason=did_not_leave")
            await self._kill_hosts()

    async def _kill_hosts(self) -> None:
        self._pool.kill(self._pool.all())
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_MARGIN):
                await self._pool.empty()

    def serve(self, location: str, generation: str) -> None:
        """Learn what a location serves from now on: idle hosts of another generation leave."""
        self._pool.serve(location, generation)

    def check_sockets(self, sockets: Sockets) -> None:
        """Check the sockets before a host is started, or dials anew."""
        self._sockets = sockets
        self._pool.on_start(sockets.check)

    async def leave(self) -> None:
        """Let hosts go that run nothing. Those that run something go on, and wait for a launcher."""
        self.board.mode = EngineMode.LEAVING
        with suppress(TimeoutError):
            # What follows from a run's end follows from its record.
            async with asyncio.timeout(defaults.STOP_GRACE):
                await self.board.committed()
        busy = {run.host for run in self.board.all()}
        for host in self._pool.all():
            if not host.tasks and host not in busy:
                self._pool.let_go(host)
        steps = sum(len(host.tasks) for host in self._pool.all())
        _LOG.info("left_to_hosts steps=%d orphan_grace_s=%g", steps, self._orphan_grace)

    async def close(self) -> None:
        """Do nothing more. Hosts that live go on without this launcher."""
        if self.board.mode is not EngineMode.ENDING:
            self.board.mode = EngineMode.LEAVING
        self.board.timer.wait_for(())
        self._replanning.close()
        self.board.unsound.close()
        if self._again is not None:
            self._again.cancel()
        self.desk.close()
        await self._pool.close()

    def _begin_again(self, error: BaseException) -> None:
        """Go back to what is recorded: nothing that was decided since has happened."""
        self._say("not_recorded", error)
        if isinstance(error, SpoiltRunError):
            self.board.end_unsound(error.run_id, error.error)
        # At once: a report that came now would be acknowledged, and no run learn of it.
        self.desk.close()
        self._forget()
        if self.board.mode is EngineMode.WORKING:
            self.board.mode = EngineMode.RESUMING
            if self._again is None or self._again.done():
                self._again = asyncio.create_task(self._resume_when_possible())

    def _say(self, what: str, error: BaseException) -> None:
        """Log an error, one that lasts once a minute."""
        said, now = f"{what} error={error}", asyncio.get_running_loop().time()
        if said != self._said or now - self._said_at >= _SAY_AGAIN_SECONDS:
            is_expected = isinstance(error, StoreError)
            _LOG.error("%s", said, exc_info=None if is_expected else error)
            self._said, self._said_at = said, now

    def _forget(self) -> None:
        self.board.clear()
        self._pool.forget_unstarted()

    async def _resume_when_possible(self) -> None:
        pause = _RETRY_SECONDS
        while self.board.is_stale:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            try:
                await self._recovery.resume()
            except Exception as error:  # noqa: BLE001 - whatever it is, runs must not wait for ever
                self._say("not_resumed", error)
                self._forget()
                if self.board.mode is EngineMode.WORKING:
                    self.board.mode = EngineMode.RESUMING
        self._open()

    def _open(self) -> None:
        self.desk.open()
        with suppress(HostStartError):
            if self._sockets is not None:
                self._sockets.check()


@asynccontextmanager
async def running_engine(
    parts: EngineParts, settings: Settings, host_socket: UnixAddress
) -> AsyncIterator[RunningEngine]:
    """Run the engine for the length of the block.

    Afterwards, no host of an ephemeral launcher is left; of a standing one, those live on that
    run something.

    Raises:
        BadAddressError: another process listens for hosts there.
        StoreError: what is not over cannot be read.
    """
    running = RunningEngine(parts, settings, host_socket)
    try:
        # Hosts that live dial until somebody listens: by then it must be known who they are.
        await running.start()
        listener = await listen(host_socket, running.desk)
        running.check_sockets(Sockets(listener, host_socket, settings.bind))
        try:
            yield running
        finally:
            if settings.is_ephemeral:
                await running.end()
            else:
                await running.leave()
            listener.close()
    finally:
        await running.close()
