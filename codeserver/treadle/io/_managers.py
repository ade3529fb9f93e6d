"""Which IO managers are Treadle's own: those whose values the launcher names by ValueRef."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.ops._ins_outs import DEFAULT_IO_MANAGER


def is_builtin(manager_key: str | None, resources: Mapping[str, object]) -> bool:
    """Whether this manager, without a key the default one, is Treadle's file manager.

    It is there under the default key where the user gave none, and nowhere else.
    """
    return (manager_key or DEFAULT_IO_MANAGER) == DEFAULT_IO_MANAGER and (
        DEFAULT_IO_MANAGER not in resources
    )
