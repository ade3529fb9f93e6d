"""What the user's modules set in a process when they are imported: theirs while their code runs.

Ours runs with what was set before. A step has the user's, as if the import had happened in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from treadle._system import gc, os, signal
from treadle_contract.lazy_dataclasses import dataclass

# How many of our frames may lie below the op's, beyond those that an import has below it.
_OUR_FRAMES = 60


@dataclass(frozen=True, slots=True)
class _Setting:
    """One of them: how it is asked for, and how it is set."""

    read: Callable[[], Any]
    write: Callable[[Any], object]


class UserSettings:
    """Some settings of this process. They are ours, as they were when this was made, or theirs."""

    def __init__(self, settings: Iterable[_Setting]) -> None:
        self._settings = tuple(settings)
        self._ours = self._read()
        self._users = self._ours

    def take_back(self) -> None:
        """Set what was set before the user's code."""
        self._users = self._read()
        self._write(self._ours)

    def give(self) -> None:
        """Set what the user's code had set when it was taken back."""
        self._write(self._users)

    def _read(self) -> tuple[Any, ...]:
        return tuple(each.read() for each in self._settings)

    def _write(self, values: tuple[Any, ...]) -> None:
        for setting, now, value in zip(self._settings, self._read(), values, strict=True):
            if now != value:
                setting.write(value)


def interpreter_settings() -> UserSettings:
    """Return what the interpreter does while Python code runs: it would do it to ours as well."""
    return UserSettings(
        (
            _Setting(sys.gettrace, sys.settrace),
            _Setting(sys.getprofile, sys.setprofile),
            _Setting(sys.getrecursionlimit, _set_recursion_limit),
            _Setting(sys.getswitchinterval, sys.setswitchinterval),
        )
    )


def process_settings() -> UserSettings:
    """Return what holds for a process, but for its limits (import_limits.py)."""
    return UserSettings(
        (
            _Setting(_blocked_signals, _block_signals),
            _Setting(_umask, os.umask),
            _Setting(gc.isenabled, _enable_collector),
            _Setting(gc.get_threshold, lambda threshold: gc.set_threshold(*threshold)),
        )
    )


def _set_recursion_limit(limit: int) -> None:
    """Set it, or the least that this depth allows."""
    depth = 0
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    sys.setrecursionlimit(max(limit, depth + _OUR_FRAMES))


def _blocked_signals() -> frozenset[int]:
    return frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def _block_signals(numbers: frozenset[int]) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, numbers)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _enable_collector(is_enabled: bool) -> None:
    (gc.enable if is_enabled else gc.disable)()


# The importing process takes it back as soon as the user's code has run, and gives it to the op.
INTERPRETER = interpreter_settings()
