"""DynamicOut and DynamicOutput: an output of which an op yields any number of elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._arguments import checked_init
from treadle._errors import ArgumentError
from treadle._output import Output, T
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.ops._ins_outs import DEFAULT_OUTPUT, Out
from treadle_contract.fan_outs import MAPPING_KEY
from treadle_contract.lazy_dataclasses import dataclass


class DynamicOut(Out):
    """An output of which an op yields any number of elements: what reads it is mapped, or collects them.

    The parameters are those of Out; the type is that of an element.
    """

    __slots__ = ()

    @property
    def is_dynamic(self) -> bool:
        """True."""
        return True


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class DynamicOutput(Output[T]):
    """One element of a dynamic output. Its mapping key names it, within the output, in one run."""

    mapping_key: str = ""

    def __init__(
        self,
        value: T,
        mapping_key: str,
        output_name: str = DEFAULT_OUTPUT,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Take the arguments of Dagster's.

        Raises:
            ArgumentError: the mapping key is not 1 to 120 letters, digits and "_".
        """
        if MAPPING_KEY.fullmatch(mapping_key) is None:
            raise ArgumentError(
                f"DynamicOutput: mapping_key is {in_words(mapping_key)}, which is no mapping key.",
                fix='A mapping key is 1 to 120 letters, digits and "_", for example'
                f" {_suggested(mapping_key)!r}.",
                source=user_line(),
            )
        put = object.__setattr__
        put(self, "value", value)
        put(self, "output_name", output_name)
        put(self, "metadata", dict(metadata or {}))
        put(self, "partition_key", None)
        put(self, "mapping_key", mapping_key)


def _suggested(given: str) -> str:
    letters = (each if each.isascii() and each.isalnum() else "_" for each in given[:120])
    return "".join(letters) or "k0"
