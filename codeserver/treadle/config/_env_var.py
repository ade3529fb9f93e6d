"""EnvVar: the name of an environment variable in the place of a value of config."""

from __future__ import annotations

from typing import Any, Self

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._system import os
from treadle._value_words import in_words
from treadle.config.values import MissingVariableError


class EnvVar(str):
    """An environment variable, which is read in the process of the step and written down nowhere.

    It stands for a text, a number or a truth value. As text it is its name.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> Self:
        """Name a variable.

        Raises:
            ArgumentError: no variable can have the name.
        """
        given: object = name
        if not isinstance(given, str) or not name or "=" in name or "\0" in name:
            raise ArgumentError(
                f"EnvVar: {in_words(name)} is not the name of an environment variable.",
                fix="Give its name as text: EnvVar('NAME').",
                source=user_line(),
            )
        return super().__new__(cls, name)

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
