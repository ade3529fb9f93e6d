"""A script that serves itself: `local(__file__)` may not run again where its assets are loaded."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Final

from treadle_client._errors import StartError

#: The module that imports a location's targets. The SDK imports nothing of it.
_IMPORTS_TARGETS: Final = "treadle_worker.loading.importing"


class CalledInImportError(StartError):
    """A file serves itself at import. Its words and its line say all: the worker tells no more."""

    def __init__(self) -> None:
        super().__init__(
            "local() was called while its own file is imported to find the assets in it."
            " Put the call under: if __name__ == '__main__':",
            usage=True,
        )


def refuse_while_imported() -> None:
    """Refuse to start services while a process of a code server's imports the caller's file.

    Each would import the file again, which would start services, and so on without an end.

    Raises:
        StartError: that is so.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == _IMPORTS_TARGETS:
            raise CalledInImportError
        frame = frame.f_back
