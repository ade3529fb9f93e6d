"""The hash seed: one for all that imports a location's code, so that its sets have one order."""

from __future__ import annotations

import os
import zlib
from collections.abc import MutableMapping
from typing import Final

_NAME: Final = "PYTHONHASHSEED"


def share_hash_seed(identity: str, environment: MutableMapping[str, str] = os.environ) -> None:
    """Have the processes that this one starts, or has started, hash texts alike.

    Definitions that are made in the order of a set would otherwise be others in each of them. The
    seed is the same for the same `identity`, so that they are the same tomorrow. One that somebody
    set stays.
    """
    if environment.get(_NAME, "random") in ("", "random"):
        environment[_NAME] = str(zlib.crc32(identity.encode(errors="surrogateescape")))
