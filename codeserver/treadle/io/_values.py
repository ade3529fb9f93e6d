"""ValueStore: what keeps the values of Treadle's own IO manager, for the code that runs a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from treadle_contract.value import ValueRef


class ValueStore(Protocol):
    """Values by key, each written once. In the services it is the file store."""

    def write_value(self, key: str, value: object) -> ValueRef:
        """Store the value under the key and return its name."""

    def read_value(self, ref: ValueRef) -> object:
        """Return the value that a name says."""
