"""What can be wrong with a definition, and nothing else.

TreadleError
└── DefinitionError          a definition that cannot work, refused at the line that made it
    ├── ArgumentError        an argument that is unknown, of the wrong kind, or not supported
    ├── InvalidNameError     a name or key that no step, asset, group or tag may have
    ├── CompositionError     what the body of a graph did
    ├── UnusedError          an op, input or output that nothing can ever need
    ├── ConflictError        two explicit statements that cannot both hold
    ├── DuplicateError       two definitions of one key or name
    ├── MissingError         an upstream asset, a resource or an output that nobody defines
    └── LocationError        targets that cannot be joined into one location
"""

from __future__ import annotations

from collections.abc import Iterable

from treadle.locations.snapshot import SourceLine
from treadle_contract.suggestions import nearest


class TreadleError(Exception):
    """Something went wrong in Treadle."""


class DefinitionError(TreadleError):
    """A definition cannot work.

    `problem` says what is wrong with what, `fix` what to do, `source` is the user's line, and
    `others` are further lines that take part (the first of two equal keys, for example).
    """

    def __init__(
        self,
        problem: str,
        *,
        fix: str,
        source: SourceLine,
        others: tuple[SourceLine, ...] = (),
    ) -> None:
        self.problem = problem
        self.fix = fix
        self.source = source
        self.others = others
        also = "".join(f"\n  and at {other}" for other in others)
        super().__init__(f"{problem}\n  at {source}{also}\n  {fix}")


class ArgumentError(DefinitionError):
    """An argument is unknown, of the wrong kind, or not supported."""


class InvalidNameError(DefinitionError):
    """A name or key has characters that it may not have."""


class CompositionError(DefinitionError):
    """The body of a graph did something that cannot be recorded."""


class UnusedError(DefinitionError):
    """An op, an input or an output is there that nothing can ever need."""


class ConflictError(DefinitionError):
    """Two explicit statements cannot both hold."""


class DuplicateError(DefinitionError):
    """Two definitions have one key or name."""


class MissingError(DefinitionError):
    """Something is named that nobody defines."""


class LocationError(DefinitionError):
    """Targets cannot be joined into one location."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean …?" with the names that look like this one, "" if none does."""
    names = nearest(name, known)
    if not names:
        return ""
    return f" Did you mean {' or '.join(repr(each) for each in names)}?"


def listed(names: Iterable[str]) -> str:
    """Return the names quoted and joined by commas, "none" when there are none."""
    return ", ".join(repr(name) for name in names) or "none"


def inputs_in_words(names: Iterable[str]) -> str:
    """Return the sentence that says which inputs something has."""
    found = listed(names)
    return "It has no inputs." if found == "none" else f"Its inputs are {found}."
