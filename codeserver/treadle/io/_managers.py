"""Which IO managers are Treadle's own: those whose values the launcher names by ValueRef."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from treadle.ops._ins_outs import DEFAULT_IO_MANAGER


class MaybeOwn:
    """A resource that may stand for Treadle's own IO manager."""

    @abstractmethod
    def is_treadles_own(self) -> bool:
        """Whether it does."""


def is_builtin(manager_key: str | None, resources: Mapping[str, object]) -> bool:
    """Whether this manager, without a key the default one, is Treadle's file manager.

    It is there under the default key where the user gave none, and where what they gave says so.
    """
    key = manager_key or DEFAULT_IO_MANAGER
    if key not in resources:
        return key == DEFAULT_IO_MANAGER
    given = resources[key]
    return issubclass(type(given), MaybeOwn) and given.is_treadles_own()  # type: ignore[attr-defined]
