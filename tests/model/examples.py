"""How many examples hypothesis tries: few and always the same, or, asked to, many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = "TREADLE_FUZZ"
"""The environment variable with the number of times the usual examples to try, drawn anew."""
FEW = 30
"""Up to so many, an ordinary run tries all; of what is above, half: it tries the same each time."""


def examples(count: int) -> settings:
    """Return settings for about so many examples, in an ordinary run of the suite."""
    factor = int(os.environ.get(FACTOR, "0"))
    return settings(
        max_examples=count * factor or min(count, FEW) + max(count - FEW, 0) // 2,
        derandomize=factor == 0,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
