"""The engine's mode: whether it takes runs, reads its log again, leaves, or ends what runs."""

from __future__ import annotations

from enum import StrEnum


class EngineMode(StrEnum):
    """What the engine does with runs now."""

    WORKING = "working"
    """It takes them, and starts their steps."""
    RESUMING = "resuming"
    """The store refused a write. The log is being read again; until then nothing is decided."""
    LEAVING = "leaving"
    """It starts nothing more; what runs goes on without this launcher."""
    ENDING = "ending"
    """It starts nothing more, and cancels what runs and what still comes."""
