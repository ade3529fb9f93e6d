"""Why a selection was refused.

TreadleError
└── SelectionError               a selection that cannot be taken
    ├── SelectionSyntaxError     text that is not of the selection language
    ├── AmbiguousSelectionError  an older form that could mean two things
    ├── UnknownAssetError        a name that no asset here has
    └── EmptySelectionError      nothing that can be made is selected
"""

from __future__ import annotations

from treadle._errors import TreadleError

_WINDOW = 60


class SelectionError(TreadleError):
    """A selection cannot be taken.

    `names` are the offending pieces as they were written, `suggestions` what they may have
    been meant to be, nearest first.
    """

    def __init__(
        self, message: str, *, names: tuple[str, ...] = (), suggestions: tuple[str, ...] = ()
    ) -> None:
        self.message = message
        self.names = names
        self.suggestions = suggestions
        super().__init__(message)


class _PlacedError(SelectionError):
    """A refusal that points at a place: `position` counts characters of `text` from 0."""

    def __init__(
        self,
        problem: str,
        *,
        text: str,
        position: int,
        names: tuple[str, ...] = (),
        suggestions: tuple[str, ...] = (),
    ) -> None:
        self.text = text
        self.position = position
        place = f"\n{pointed(text, position)}" if text.strip() else ""
        super().__init__(problem + place, names=names, suggestions=suggestions)


class SelectionSyntaxError(_PlacedError):
    """The text is not of the selection language."""


class AmbiguousSelectionError(_PlacedError):
    """An older form could mean two things; `suggestions` are both, written out."""


class UnknownAssetError(SelectionError):
    """No asset that can be selected has this name."""


class EmptySelectionError(SelectionError):
    """Nothing that can be made here is selected."""


def pointed(text: str, position: int) -> str:
    """Return two lines: the text about the position, and a caret below it."""
    line = "".join(" " if character.isspace() else character for character in text)
    start = max(0, position - _WINDOW // 2)
    end = start + _WINDOW
    head = "…" if start else ""
    tail = "…" if end < len(line) else ""
    indent = " " * (2 + len(head) + position - start)
    return f"  {head}{line[start:end]}{tail}\n{indent}^"
