"""The host's event loop: descriptors, deadlines and signals; it never wakes for nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from types import FrameType
from typing import TypeAlias

from treadle._system import faulthandler, os, select, signal, time
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_worker.system.kept_descriptor import out_of_the_way

Action: TypeAlias = Callable[[], object]
_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None

_OURS = {
    signal.SIGCHLD: signal.SIG_DFL,
    signal.SIGXFSZ: signal.SIG_IGN,
    signal.SIGPIPE: signal.SIG_IGN,
}


@dataclass(frozen=True, slots=True)
class _Watched:
    """What is called for a descriptor."""

    readable: Action
    writable: Action | None = None

    @property
    def events(self) -> int:
        """What the kernel is asked to tell."""
        return select.EPOLLIN | (0 if self.writable is None else select.EPOLLOUT)


class Loop:
    """Waits on descriptors and, only while one is set, for the next deadline."""

    def __init__(self) -> None:
        # Not by `selectors`: that is Python, which may be replaced under our feet.
        first = select.epoll()
        self._epoll = select.epoll.fromfd(out_of_the_way(os.dup(first.fileno())))
        first.close()
        self._watched: dict[int, _Watched] = {}
        self._deadlines: dict[Hashable, tuple[float, Action]] = {}
        self._before_waiting: dict[Action, None] = {}
        self._wakeup: int | None = None
        self._users_wakeup = -1
        self._handlers: dict[signal.Signals, _Handler] = {}

    def watch(self, fd: int, readable: Action) -> None:
        """Call `readable` whenever the descriptor can be read, or is at its end."""
        watched = _Watched(readable)
        self._epoll.register(fd, watched.events)
        self._watched[fd] = watched

    def watch_writable(self, fd: int, writable: Action | None) -> None:
        """Call `writable` whenever the watched descriptor takes bytes; None: no longer."""
        before = self._watched[fd]
        watched = replace(before, writable=writable)
        if watched.events != before.events:
            self._epoll.modify(fd, watched.events)
        self._watched[fd] = watched

    def unwatch(self, fd: int) -> None:
        """Forget the descriptor; do so before it is closed."""
        del self._watched[fd]
        # The user's modules may have closed it.
        with contextlib.suppress(OSError):
            self._epoll.unregister(fd)

    def before_waiting(self, action: Action) -> None:
        """Call `action` once, when all else of this turn is done."""
        self._before_waiting[action] = None

    def set_deadline(self, key: Hashable, seconds: float, action: Action) -> None:
        """Call `action` once, in that many seconds, in place of what `key` stood for."""
        self._deadlines[key] = (time.monotonic() + seconds, action)

    def has_deadline(self, key: Hashable) -> bool:
        """Tell whether the deadline is set and was not met yet."""
        return key in self._deadlines

    def clear_deadline(self, key: Hashable) -> None:
        """Forget the deadline; there need not be one."""
        self._deadlines.pop(key, None)

    def watch_signals(self, numbers: tuple[signal.Signals, ...], action: Action) -> None:
        """Call `action` in the loop when one of the signals arrives."""
        reader, self._wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._users_wakeup = signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
        for number in numbers:
            # A handler must be set; the byte that the interpreter writes does the work.
            self._handlers[number] = signal.signal(number, _no_action)

        def read() -> None:
            if any(number in numbers for number in os.read(reader, 4096)):
                action()

        self.watch(reader, read)

    def ignore_user_signals(self) -> None:
        """Take back what the user's modules did to signals that would end or confuse this loop.

        Their timers would end it, and whatever they do when a child ends (ignoring it suffices)
        would take the child's exit status from it. A file that may not grow, or a launcher that is
        gone, is an error that it meets and not its end. The handlers are set again in a forked
        child; timers no fork inherits.
        """
        faulthandler.cancel_dump_traceback_later()
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0.0)
        for number, ours in _OURS.items():
            self._handlers[number] = signal.signal(number, ours)

    def leave_to_parent(self) -> None:
        """Undo, in a forked child, what this loop is in the process: all that it watches closes.

        Signals are handled as they were before they were watched. The parent's loop goes on.
        """
        if self._wakeup is not None:
            os.close(self._wakeup)
            try:
                signal.set_wakeup_fd(self._users_wakeup)
            except (OSError, ValueError):
                # Closed by now.
                signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for fd in self._watched:
            os.close(fd)
        self._epoll.close()

    def turn(self) -> None:
        """Wait for something to happen, and call what was asked for."""
        while self._before_waiting:
            last, self._before_waiting = self._before_waiting, {}
            for action in last:
                action()
        ready = [
            (fd, events, self._watched[fd].readable)
            for fd, events in self._epoll.poll(self._time_left())
            if fd in self._watched
        ]
        for fd, events, readable in ready:
            # An earlier action of this turn may have let go of the descriptor, and another
            # have its number.
            if events & ~select.EPOLLIN and self._is_watched_by(fd, readable):
                writable = self._watched[fd].writable
                if writable is not None:
                    writable()
            if events & ~select.EPOLLOUT and self._is_watched_by(fd, readable):
                readable()
        self._meet_deadlines()

    def _is_watched_by(self, fd: int, readable: Action) -> bool:
        watched = self._watched.get(fd)
        return watched is not None and watched.readable is readable

    def _time_left(self) -> float | None:
        if not self._deadlines:
            return None
        return max(0.0, min(at for at, _ in self._deadlines.values()) - time.monotonic())

    def _meet_deadlines(self) -> None:
        now = time.monotonic()
        for key, (at, action) in list(self._deadlines.items()):
            # An earlier action may have cleared this one, or set it anew.
            if at <= now and self._deadlines.get(key) == (at, action):
                del self._deadlines[key]
                action()


def _no_action(_number: int, _frame: FrameType | None) -> None:
    return None
