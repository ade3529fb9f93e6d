"""How a new run, and a task, get their names."""

from __future__ import annotations

import secrets
import threading

from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_launcher.clock import Clock, SystemClock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26


class RunIds:
    """A source of run ids: each is larger than the one before it, whatever the clock does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> RunId:
        """Return an id that no other call, here or elsewhere, returns."""
        moment_ms = self._clock.now() // 1000
        drawn = (moment_ms << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            # In the same millisecond, and after the clock went back, count on from the last.
            self._last = max(drawn, self._last + 1)
            number = self._last
        return RunId(_base32(number))


def _base32(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


_PROCESS_WIDE = RunIds(SystemClock())


def new_run_id() -> RunId:
    """Return a new run id, larger than every one this process made before."""
    return _PROCESS_WIDE.new()


def task_id(run_id: RunId, first_step: StepKey, attempt: int) -> TaskId:
    """Return the id of the task that starts with this attempt (from 1) of this step."""
    return TaskId(f"{run_id}/{first_step}/{attempt}")


def step_of(task_id: TaskId, run_id: RunId) -> StepKey | None:
    """Return the step of a run that a task starts with. None: it is none of this run's."""
    prefix = f"{run_id}/"
    if not task_id.startswith(prefix):
        return None
    return StepKey(task_id[len(prefix) :].rpartition("/")[0])
