"""Nothing: the type of what carries no value. Apart from In and Out, so that checks of types know it."""

from __future__ import annotations

from typing import final


@final
class Nothing:
    """The type of an input or output that carries no value and only orders."""

    def __new__(cls) -> Nothing:
        raise TypeError("Nothing is a type to name, as in In(Nothing); it has no instances.")
