"""Whether this process runs the steps of one task and ends then, as the services have it."""

from __future__ import annotations


class _Here:
    is_of_a_task = False


def runs_in_own_process() -> bool:
    """Whether what a step keeps in memory is gone when its task ends."""
    return _Here.is_of_a_task


def note_own_process() -> None:
    """Say that this process is a task's."""
    _Here.is_of_a_task = True
