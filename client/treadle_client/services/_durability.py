"""What a launcher of one's own is told about what has to survive."""

from __future__ import annotations

from enum import StrEnum


class Durability(StrEnum):
    """What is reported as done survives this, and all that is less."""

    #: SIGKILL of every process of Treadle's. Nothing waits for the disk.
    PROCESS = "process"
    #: A power cut: values, journals and events are synced to the disk before they are reported.
    POWER = "power"
