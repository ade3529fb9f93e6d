"""Input managers made of a function: what `@input_manager` and `InputManagerDefinition` give a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from treadle.io._io_manager import InputContext, InputManager
from treadle.ops._signatures import parameters_of


class FunctionInputManager(InputManager):
    """Loads with a function of the input's context, or of nothing.

    What the function returns is the value, or an input manager that loads it.
    """

    def __init__(self, fn: Callable[..., Any]) -> None:
        self.fn = fn

    def load_input(self, context: InputContext) -> Any:
        """Return what the function says."""
        given = self.fn(context) if parameters_of(self.fn) else self.fn()
        return given.load_input(context) if isinstance(given, InputManager) else given
