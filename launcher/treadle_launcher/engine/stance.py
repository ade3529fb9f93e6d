"""What the engine does about work, as a whole."""

from __future__ import annotations

from enum import StrEnum


class Stance(StrEnum):
    """What happens with runs now."""

    WORKING = "working"
    """They are taken, and their steps start."""
    RESUMING = "resuming"
    """The store refused; what is recorded is being read again. Nothing is decided meanwhile."""
    LEAVING = "leaving"
    """Nothing starts any more; what runs goes on without this launcher."""
    ENDING = "ending"
    """Nothing starts any more; what runs, and what still comes, is cancelled."""
