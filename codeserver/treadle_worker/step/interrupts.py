"""Telling the op of a step process to end: a signal of its host's becomes an exception there."""

from __future__ import annotations

# Not `signal`, which looks in Python for a name of each, and finds none of these.
import _signal  # type: ignore[import-not-found]  # typeshed has none
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from treadle._system import os, signal
from treadle.steps._interrupted import Interruption, StepInterrupted
from treadle_worker.system import processes

# Without names of their own, next to that of stacks.py. Not TERM: what the user's code, or a
# library of its, does on TERM is its own, and a process that it forks has no handler of ours.
SIGNALS = {
    Interruption.CANCELLED: int(signal.SIGRTMAX) - 4,
    Interruption.TIMEOUT: int(signal.SIGRTMAX) - 5,
}
# How long one that was told to end waits for threads, which were not told.
_SHORT_S = 2.0
_REASONS = {number: reason for reason, number in SIGNALS.items()}
_OURS = processes.signal_mask(SIGNALS.values())
_TERM = processes.signal_mask((signal.SIGTERM,))


def are_free(pid: int) -> bool:
    """Tell whether nobody in a process catches the signals: then they are ours to use."""
    return not processes.caught_signals(pid) & _OURS


def is_heard(pid: int) -> bool:
    """Tell whether a signal raises in that process: an op runs in it that was not told yet.

    One that handles TERM hears that instead. Until its main thread comes to it, a process that
    was sent the signal is none that was told: C code may keep it from that for ever.
    """
    asked_for = processes.caught_signals(pid)
    own_term = (asked_for | processes.ignored_signals(pid)) & _TERM
    return asked_for & _OURS == _OURS and not own_term


def interrupt(pid: int, reason: Interruption) -> None:
    """Raise StepInterrupted in a process in which it is heard."""
    processes.send_signal(pid, SIGNALS[reason])


class Interrupts:
    """A step process's own: raises, once, in its main thread. Made before any of the op runs."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._reason = Interruption.CANCELLED
        self.were_raised = False

    def listen(self) -> None:
        """Raise from now on, unless the user's code took a signal for itself since `are_free`."""
        if all(_signal.getsignal(number) == _signal.SIG_DFL for number in _REASONS):
            for number in _REASONS:
                _signal.signal(number, self._raise)

    @contextmanager
    def short_wait(self) -> Iterator[None]:
        """Break off the block, if it takes long, with another StepInterrupted if there was one.

        Threads that an op left behind hear of none.
        """
        if not self.were_raised:
            yield
            return
        signal.signal(signal.SIGALRM, self._raise_again)
        signal.setitimer(signal.ITIMER_REAL, _SHORT_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def end(self) -> None:
        """Raise no more: the process ends.

        Raises:
            StepInterrupted: it came just now.
        """
        for number in _REASONS:
            if _signal.getsignal(number) == self._raise:
                _signal.signal(number, _signal.SIG_IGN)

    def _raise(self, number: int, _frame: FrameType | None) -> None:
        # At first: by that the host sees that it was heard.
        for each in _REASONS:
            signal.signal(each, signal.SIG_IGN)
        if os.getpid() == self._pid:
            self._reason = _REASONS[number]
            self.were_raised = True
            raise StepInterrupted(self._reason)

    def _raise_again(self, _number: int, _frame: FrameType | None) -> None:
        if os.getpid() == self._pid:
            raise StepInterrupted(self._reason)
