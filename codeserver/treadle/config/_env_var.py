"""EnvVar: the name of an environment variable in the place of a value of config."""

from __future__ import annotations

from typing import Any

from treadle._system import os
from treadle.config.values import MissingVariableError


class EnvVar(str):
    """An environment variable, which is read in the process of the step and written down nowhere.

    It stands for a text, a number or a truth value. As text it is its name.
    """

    __slots__ = ()

    @classmethod
    def int(cls, name: str) -> Any:
        """Return the same for a type checker that wants a whole number."""
        return cls(name)

    def get_value(self, default: str | None = None) -> str | None:
        """Return what the variable holds in this process, or the default."""
        return os.environ.get(str(self), default)

    def value(self) -> str:
        """Return what the variable holds in this process.

        Raises:
            MissingVariableError: it is not set.
        """
        found = self.get_value()
        if found is None:
            raise MissingVariableError(str(self))
        return found

    def __repr__(self) -> str:
        return f"EnvVar({str(self)!r})"
