"""Where a process is: it writes its threads' stacks when it is sent a signal, whatever it does.

faulthandler answers the signal in C, so also while C code holds the interpreter's lock.
"""

from __future__ import annotations

from treadle._system import faulthandler, signal
from treadle_worker.system import processes

# A number that hardly any program uses. A process that catches it all the same is left alone.
SIGNAL = int(signal.SIGRTMAX) - 3
_MASK = processes.signal_mask((SIGNAL,))


def is_caught(pid: int) -> bool:
    """Tell whether a process catches the signal; one that does not would be ended by it."""
    return bool(processes.caught_signals(pid) & _MASK)


def show_on_signal(fd: int) -> None:
    """Make this process, and all that it forks, write stacks to the descriptor on the signal."""
    faulthandler.register(SIGNAL, file=fd, all_threads=True, chain=False)


def show_no_more() -> None:
    """Undo `show_on_signal`, unless the user's code has taken the signal over."""
    if signal.getsignal(SIGNAL) is signal.SIG_DFL:
        faulthandler.unregister(SIGNAL)


def ask(pid: int) -> bool:
    """Send the signal to a child of this process that catches it; tell whether it does."""
    if not is_caught(pid):
        return False
    processes.send_signal(pid, SIGNAL)
    return True


def is_awaited(pid: int) -> bool:
    """Tell whether a process that was asked did not come to it yet."""
    return bool(processes.pending_signals(pid) & _MASK)
