"""What a client asks of partitions: a part of `Client`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treadle_client._arguments import WrongArgument, text, texts_in
from treadle_client.calls._rpc import LauncherRpc


class PartitionsClient:
    """The methods of `Client` about partitions."""

    _rpc: LauncherRpc
    _patience: float

    def add_partitions(self, name: str, partition_keys: str | Sequence[str]) -> tuple[str, ...]:
        """Add keys to the dynamic partitions definition `name`, and return those that are new.

        They come behind the keys that it has, in this order; a key that is there stays where it is.

        Raises:
            ValueError: the name or a key is empty, or no key is given.
        """
        keys = _keys(partition_keys)
        return self._rpc.partitions.add_dynamic(_name(name), keys)

    def remove_partitions(self, name: str, partition_keys: str | Sequence[str]) -> tuple[str, ...]:
        """Remove keys of the dynamic partitions definition `name`, and return those that it had.

        What was made of them stays on record.

        Raises:
            ValueError: the name or a key is empty, or no key is given.
        """
        keys = _keys(partition_keys)
        return self._rpc.partitions.remove_dynamic(_name(name), keys)

    def dynamic_partitions(self, name: str) -> Iterator[str]:
        """Yield the keys of the dynamic partitions definition `name`, in the order of their addition.

        Raises:
            ValueError: the name is empty.
        """
        return self._rpc.partitions.list_dynamic(_name(name))


def _name(name: object) -> str:
    if not text(name, name="name"):
        raise WrongArgument("name is empty; give the name of a DynamicPartitionsDefinition.")
    return str(name)


def _keys(given: object) -> tuple[str, ...]:
    keys = texts_in(given, name="partition_keys")
    if not keys or not all(keys):
        problem = "partition_keys is empty" if not keys else "partition_keys has an empty key in it"
        raise WrongArgument(f"{problem}; give one or more partition keys.")
    return keys
