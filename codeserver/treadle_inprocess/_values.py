"""Values kept in memory: what takes the file store's place where nothing is to be left."""

from __future__ import annotations

import pickle
from typing import Any, Final

from treadle._errors import TreadleError
from treadle.io._pickle5 import NotPicklableError
from treadle_contract.value import ValueRef

_STORE: Final = "memory"


class ValueNotThereError(TreadleError):
    """A value was asked for that was never kept."""

    def __init__(self, key: str) -> None:
        super().__init__(f"No value is kept under {key!r} in this process.")


class ObjectStore:
    """Values as they are: who reads one gets the object that was yielded."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def write_value(self, key: str, value: object) -> ValueRef:
        """Keep a value, and return its name."""
        self._kept[key] = value
        return ValueRef(store=_STORE, key=key)

    def read_value(self, ref: ValueRef) -> object:
        """Return the value.

        Raises:
            ValueNotThereError: there is none of that name.
        """
        if ref.store != _STORE or ref.key not in self._kept:
            raise ValueNotThereError(ref.key)
        return self._kept[ref.key]


class PickleStore(ObjectStore):
    """Values as the file store keeps them: who reads one gets a copy, made of its pickle."""

    def write_value(self, key: str, value: object) -> ValueRef:
        """Keep a value, and return its name.

        Raises:
            NotPicklableError: it has no pickle.
        """
        try:
            data = pickle.dumps(value, protocol=5)
        except Exception as error:  # pickling runs the user's own __reduce__
            raise NotPicklableError(value, error) from error
        return super().write_value(key, data)

    def read_value(self, ref: ValueRef) -> object:
        """Return a copy of the value. Raises as `ObjectStore`, and what unpickling raises."""
        data = super().read_value(ref)
        assert isinstance(data, bytes), "it was kept so"
        return pickle.loads(data)
