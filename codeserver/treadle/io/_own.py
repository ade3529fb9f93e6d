"""Treadle's own IO manager, where a resource of the user's stands for it."""

from __future__ import annotations

from typing import Any, Never

from treadle._errors import TreadleError
from treadle.io._io_manager import InputContext, IOManager, OutputContext


class NotStoredError(TreadleError):
    """Treadle's own IO manager was asked for a value that it has not stored."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Treadle's own IO manager has no stored value for input {name!r}: another manager stored it, or"
            " nobody. Make it again, or give FilesystemIOManager a base_dir if its files lie there."
        )


class OwnIOManager(IOManager):
    """What FilesystemIOManager without a base_dir is in a step, which stores and loads by itself."""

    def handle_output(self, context: OutputContext, obj: Any) -> Never:
        """Never called: the step stores the value."""
        raise AssertionError(context.name)

    def load_input(self, context: InputContext) -> Never:
        """Say that there is no value: what the step has a name for it loads."""
        raise NotStoredError(context.name)
