"""What may be chosen of how code is run: how steps start, and how long an import serves."""

from __future__ import annotations

from enum import StrEnum


class StartWith(StrEnum):
    """How step processes are to start; the values are words of a launcher's command line."""

    #: Forked, unless what the code left when it was imported forbids it.
    AUTO = "auto"
    #: Forked, whatever it left.
    FORK = "fork"
    #: Each a new interpreter, which imports the code.
    SPAWN = "spawn"


class ImportScope(StrEnum):
    """How long an import serves; the values are words of a code server's command line."""

    #: All runs until the code is loaded anew.
    PER_LOAD = "per-load"
    #: One run.
    PER_RUN = "per-run"
