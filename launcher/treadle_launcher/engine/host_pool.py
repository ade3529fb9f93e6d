"""The hosts of a launcher: started when a run needs one, kept warm for a while, told to leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from treadle_contract.codeserver import ImportScope
from treadle_contract.ids import HostId, RunId, TaskId
from treadle_contract.worker import Cancel, Drain, ProcessId
from treadle_launcher import defaults
from treadle_launcher.engine.answer_timer import AnswerTimer
from treadle_launcher.engine.host import Host, HostStage
from treadle_launcher.engine.host_watchdog import HostWatchdog
from treadle_launcher.home.home import Home
from treadle_launcher.hosts.host_folder import HostFolder
from treadle_launcher.hosts.host_tag import guard_above
from treadle_launcher.hosts.processes import exited, kill_guarded
from treadle_launcher.hosts.provider import HostOptions, new_host_folder, start_host
from treadle_launcher.hosts.tree import all_gone, cgroup_gone
from treadle_launcher.locations.launch_spec import LaunchSpec

_TRY_AGAIN_SECONDS = 0.2

_LAST_FRAMES_SECONDS = 1.0
"""How long what a host sent before its end may take to be read."""


class HostPool:
    """Every host whose process is not gone."""

    def __init__(
        self, home: Home, options: HostOptions, max_idle_hosts: int, watchdog: HostWatchdog
    ) -> None:
        self._home = home
        self._options = options
        self._max_idle_hosts = max_idle_hosts
        self._ended: Callable[[Host], None] = lambda _: None
        self._before_start: Callable[[], None] = lambda: None
        self._hosts: dict[HostId, Host] = {}
        self._idle: dict[HostId, Host] = {}
        self._expected: set[HostId] = set()
        self._generations: dict[str, str] = {}
        self._watches: set[asyncio.Task[None]] = set()
        self.watchdog = watchdog

    def on_end(self, act: Callable[[Host], None]) -> None:
        """Call this when a host's process is gone and all that it sent was read."""
        self._ended = act

    def on_start(self, act: Callable[[], None]) -> None:
        """Call this before a host is started; a HostStartError from it prevents the start."""
        self._before_start = act

    @property
    def term_grace_ms(self) -> int:
        """The time between TERM and KILL."""
        return int(self._options.term_grace * 1000)

    def all(self) -> tuple[Host, ...]:
        """Return every host."""
        return tuple(self._hosts.values())

    def get(self, host_id: HostId) -> Host | None:
        """Return a host by its id."""
        return self._hosts.get(host_id)

    def acquire(self, location: str, launch_spec: LaunchSpec) -> tuple[Host, bool]:
        """Return a host for this code, and whether it is new: then start it."""
        for host in self._hosts.values():
            is_same = host.location == location and host.launch_spec == launch_spec
            if is_same and host.is_usable and host.durability is self._options.durability:
                if self._idle.pop(host.host_id, None) is not None:
                    host.hold_timer(None)
                return host, False
        folder = new_host_folder(self._home)
        host = Host(
            folder=folder,
            location=location,
            launch_spec=launch_spec,
            durability=self._options.durability,
        )
        self._hosts[host.host_id] = host
        return host, True

    def start(self, host: Host) -> None:
        """Start the process of a new host.

        Raises:
            HostStartError: the operating system refused; the host is forgotten.
        """
        assert host.launch_spec is not None, "a new host is made for a LaunchSpec"
        try:
            self._before_start()
            imports = host.launch_spec.import_timeout_ms / 1000 * len(host.launch_spec.targets)
            host.process = start_host(
                self._home, host.folder, host.location, host.launch_spec, self._options
            )
        except BaseException:
            self.discard(host)
            raise
        host.identity = host.process.process
        why = "it was not ready in time and was killed"
        self._kill_after(host, imports + defaults.HOST_START_MARGIN, why)
        self._watch(host)

    def adopt(
        self, folder: HostFolder, location: str, launch_spec: LaunchSpec | None, committed: int
    ) -> Host:
        """Take over a host that an earlier launcher started: it dials in, or is gone.

        One with a `launch_spec` runs what nobody else can end as well as it can: it has as long
        as it would wait itself.
        """
        host = Host(
            folder=folder,
            location=location,
            launch_spec=launch_spec,
            durability=folder.read_durability(),
            identity=folder.read_process(),
            received=committed,
            marked=committed,
            committed=committed,
        )
        self._hosts[host.host_id] = host
        grace = defaults.HOST_RETURN_GRACE if launch_spec is None else self._options.orphan_grace
        why = (
            f"it did not dial in within {grace:g} s after a restart of the launcher, and was killed"
        )
        unsaid: tuple[str, ...] = ("HostFrame.hello",)
        if folder.is_moved:
            grace, unsaid = 0.0, ()
            why = (
                "the home was moved while it ran, so that it could store nothing, and it was killed"
            )
        self._kill_after(host, grace, why, *unsaid)
        self._watch(host)
        return host

    def expect(self, folder: HostFolder, location: str, committed: int) -> None:
        """Wait for a host whose folder was removed: only by its dialling is it known to live.

        One that dials goes on with what it runs, and leaves; one that does not in time is gone.
        """
        host = Host(
            folder=folder,
            location=location,
            launch_spec=None,
            durability=folder.read_durability(),
            stage=HostStage.LEAVING,
            received=committed,
            marked=committed,
            committed=committed,
        )
        self._hosts[host.host_id] = host
        self._expected.add(host.host_id)
        host.hold_timer(AnswerTimer(defaults.HOST_RETURN_GRACE, partial(self._give_up, host)))

    def recognises(self, host: Host, process: ProcessId) -> bool:
        """Learn which process an expected host is; tell whether that can be known."""
        if host.host_id not in self._expected:
            return True
        guard = guard_above(process)
        if guard is None:
            return False
        self._expected.discard(host.host_id)
        host.identity = guard.process
        self._watch(host, guard.tag)
        return True

    def _give_up(self, host: Host) -> None:
        grace = f"{defaults.HOST_RETURN_GRACE:g} s after a restart of the launcher"
        host.why_killed = f"its folder was removed, and it did not dial in within {grace}"
        self._forget(host)
        self._ended(host)

    def release(self, host: Host) -> None:
        """Keep a host warm that no run uses any more, or let it go if there are enough."""
        if host.stage is not HostStage.READY or host.host_id in self._idle:
            return
        if not self._may_be_needed(host):
            self.drain(host)
            return
        self._idle[host.host_id] = host
        loop = asyncio.get_running_loop()
        host.hold_timer(loop.call_later(self._options.idle_host, self.drain, host))
        while len(self._idle) > self._max_idle_hosts:
            self.drain(next(iter(self._idle.values())))

    def serve(self, location: str, generation: str) -> None:
        """Let those of a location's idle hosts go that hold another generation than this."""
        self._generations[location] = generation
        for host in tuple(self._idle.values()):
            if not self._may_be_needed(host):
                self.drain(host)

    def _may_be_needed(self, host: Host) -> bool:
        """Whether a run that is launched from now on could use this host."""
        if host.launch_spec is None or host.durability is not self._options.durability:
            return False
        if host.launch_spec.import_scope is ImportScope.PER_RUN:
            return False
        generation = host.launch_spec.generation
        return self._generations.get(host.location, generation) == generation

    def drain(self, host: Host, *, cancel_running: bool = False) -> None:
        """Tell a host to leave: when nothing runs, or after ending what runs."""
        host.hold_timer(None)
        self._idle.pop(host.host_id, None)
        host.stage = HostStage.LEAVING
        host.send(Drain(cancel_running=cancel_running, grace_ms=self.term_grace_ms))

    def let_go(self, host: Host) -> None:
        """Ask a host that no run uses to leave, also one that is not connected now."""
        if host.stage is HostStage.FOREIGN:
            return
        if host.is_usable and host.connection is None:
            # It would not hear of it, and wait for another launcher: also one that was adopted.
            self.kill([host])
        else:
            self.drain(host)

    def set_aside(self, host: Host) -> None:
        """Give a host nothing more; whatever else waits for it, waits on."""
        self._idle.pop(host.host_id, None)
        host.stage = HostStage.LEAVING
        host.send(Drain(cancel_running=False, grace_ms=self.term_grace_ms))

    def leave_alone(self, host: Host) -> None:
        """Neither use a host nor end it: this launcher cannot understand it."""
        host.hold_timer(None)
        host.stage = HostStage.FOREIGN

    def cancel(self, host: Host, task_id: TaskId, *, show_stacks: bool) -> None:
        """Tell a host to end a task; one that does not know the message is killed instead."""
        if host.stage is HostStage.FOREIGN:
            self.kill([host])
            return
        host.send(Cancel(task_id=task_id, grace_ms=self.term_grace_ms, show_stacks=show_stacks))
        if task_id in host.tasks:
            self.watchdog.cancelled(host, host.tasks[task_id])
        elif task_id in host.held:
            self.watchdog.asked(host)
            self.watchdog.owed_back(host, host.held[task_id])

    def discard(self, host: Host) -> None:
        """Forget a new host that was never started."""
        self._forget(host)
        host.folder.remove()

    def forget_unstarted(self) -> None:
        """Forget new hosts whose start waits for what will not be recorded."""
        for host in self.all():
            if host.launch_spec is not None and host.identity is None:
                self.discard(host)

    def forget_unrecorded(self, run_id: RunId) -> None:
        """Forget what was to be handed over of a run and is not recorded: no host knows of it."""
        for host in self.all():
            for task_id, task in tuple(host.tasks.items()):
                if task.run_id == run_id and not (task.recorded or task.sent):
                    del host.tasks[task_id]

    def end(self, host: Host) -> None:
        """End a host and what it runs. One that imports, or is out of reach, hears nothing."""
        if host.stage is HostStage.STARTING or host.connection is None:
            self.kill([host])
        else:
            self.drain(host, cancel_running=True)

    def kill(self, hosts: Iterable[Host]) -> None:
        """Kill hosts and everything below them."""
        for host in hosts:
            if host.identity is not None:
                kill_guarded(host.identity)

    async def empty(self) -> None:
        """Return when no process of a host is left."""
        while self._watches:
            await asyncio.wait(self._watches)

    async def close(self) -> None:
        """Watch hosts no more. Those that live go on."""
        for host in self._hosts.values():
            host.hold_timer(None)
            host.hold_look(None)
        for watch in tuple(self._watches):
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    def kill_for(self, host: Host, why: str, *unsaid: str) -> None:
        """Kill a host; `why` is what those whose attempts are lost are told.

        `unsaid` are the fields of the contract that were waited for.
        """
        host.why_killed, host.unsaid = why, unsaid
        self.kill([host])

    def _kill_after(self, host: Host, seconds: float, why: str, *unsaid: str) -> None:
        host.hold_timer(AnswerTimer(seconds, partial(self.kill_for, host, why, *unsaid)))

    def _watch(self, host: Host, tag: int | None = None) -> None:
        if tag is None:
            # Read before the end, and of a folder that nobody can have had the time to remove.
            tag = host.folder.tag
        watch = asyncio.create_task(self._wait_for_end(host, tag))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def _wait_for_end(self, host: Host, tag: int) -> None:
        await self._process_ended(host)
        if host.process is None or not host.process.is_proof:
            await all_gone(tag)
            await cgroup_gone(host.folder.read_cgroup())
        if host.connection is not None:
            # What it sent before its end may not be read yet.
            with suppress(TimeoutError):
                await asyncio.wait_for(host.disconnected.wait(), _LAST_FRAMES_SECONDS)
        self._forget(host)
        self._ended(host)

    async def _process_ended(self, host: Host) -> None:
        while True:
            try:
                if host.process is not None:
                    await host.process.ended()
                elif host.identity is not None:
                    await exited(host.identity)
            except OSError:
                # There is no descriptor to wait on: later there may be.
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
            else:
                return

    def _forget(self, host: Host) -> None:
        host.hold_timer(None)
        host.hold_look(None)
        host.stage = HostStage.ENDED
        if host.connection is not None:
            host.connection.close()
            host.connection = None
        self._idle.pop(host.host_id, None)
        self._expected.discard(host.host_id)
        self._hosts.pop(host.host_id, None)
