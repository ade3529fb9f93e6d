"""Text that may be too long for one message: its ends are here, the whole is fetched when asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of the user's: a traceback, a log message, the end of a stderr.

    `str()` never waits: it gives the whole when the message held it, else both ends with a
    line between them that says how many bytes are left out. `whole()` gives all of it.
    """

    head: str = ""
    tail: str = ""
    omitted_bytes: int = 0
    _fetch: Callable[[], str] | None = field(default=None, repr=False, compare=False)

    def whole(self) -> str:
        """Return the whole text, asking the launcher for it if it was too long for a message.

        Raises:
            UnreachableError: the launcher does not answer.
        """
        if self.omitted_bytes and self._fetch is not None:
            return self._fetch()
        return str(self)

    def __str__(self) -> str:
        if not self.omitted_bytes:
            return self.head
        return f"{self.head}\n… {self.omitted_bytes} bytes left out …\n{self.tail}"

    def __bool__(self) -> bool:
        return bool(self.head)


NO_TEXT: Final = Text()
