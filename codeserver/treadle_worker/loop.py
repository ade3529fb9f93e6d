"""The host's event loop: descriptors, deadlines and signals; it never wakes for nothing."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Hashable
from types import FrameType
from typing import TypeAlias

Action: TypeAlias = Callable[[], object]
_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None

_OURS = {
    signal.SIGCHLD: signal.SIG_DFL,
    signal.SIGXFSZ: signal.SIG_IGN,
    signal.SIGPIPE: signal.SIG_IGN,
}


class Loop:
    """Waits on descriptors and, only while one is set, for the next deadline."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._writable: dict[int, Action] = {}
        self._deadlines: dict[Hashable, tuple[float, Action]] = {}
        self._wakeup: int | None = None
        self._handlers: dict[signal.Signals, _Handler] = {}

    def watch(self, fd: int, readable: Action) -> None:
        """Call `readable` whenever the descriptor can be read, or is at its end."""
        self._selector.register(fd, selectors.EVENT_READ, readable)

    def watch_writable(self, fd: int, writable: Action | None) -> None:
        """Call `writable` whenever the watched descriptor takes bytes; None: no longer."""
        if (writable is None) == (fd not in self._writable):
            return
        readable = self._selector.get_key(fd).data
        if writable is None:
            self._writable.pop(fd, None)
            self._selector.modify(fd, selectors.EVENT_READ, readable)
        else:
            self._writable[fd] = writable
            self._selector.modify(fd, selectors.EVENT_READ | selectors.EVENT_WRITE, readable)

    def unwatch(self, fd: int) -> None:
        """Forget the descriptor; do so before it is closed."""
        self._writable.pop(fd, None)
        self._selector.unregister(fd)

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
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
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
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0.0)
        for number, ours in _OURS.items():
            self._handlers[number] = signal.signal(number, ours)

    def leave_to_parent(self) -> None:
        """Undo, in a forked child, what this loop is in the process: all that it watches closes.

        Signals are handled as they were before they were watched. The parent's loop goes on.
        """
        if self._wakeup is not None:
            signal.set_wakeup_fd(-1)
            os.close(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for key in self._selector.get_map().values():
            os.close(key.fd)
        self._selector.close()

    def turn(self) -> None:
        """Wait for something to happen, and call what was asked for."""
        for key, events in self._selector.select(self._time_left()):
            # An earlier action of this turn may have let go of the descriptor.
            if key.fd not in self._selector.get_map():
                continue
            if events & selectors.EVENT_WRITE and key.fd in self._writable:
                self._writable[key.fd]()
            if events & selectors.EVENT_READ and self._is_watched_as(key):
                key.data()
        self._meet_deadlines()

    def _is_watched_as(self, key: selectors.SelectorKey) -> bool:
        """Tell whether the descriptor is watched still, and not a new one of its number."""
        now = self._selector.get_map().get(key.fd)
        return now is not None and now.data is key.data

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
