"""Hooks as they are given to a definition; who gives none does not wait for what a hook is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition


def checked_hooks(given: object, *, owner: str) -> tuple[HookDefinition, ...]:
    """Return the hooks that were given, by name. `owner` ends with the argument's name.

    Raises:
        ArgumentError: it is no set or list of hooks.
    """
    if given is None or given in ((), [], set(), frozenset()):
        return ()
    from treadle.hooks._hook import hooks_in  # noqa: PLC0415 -- few modules have hooks

    return hooks_in(given, owner=owner)
