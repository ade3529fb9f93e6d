"""How many examples hypothesis tries: few and always the same, or, asked to, many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = "TREADLE_FUZZ"
"""The environment variable with the number of times the usual examples to try, drawn anew."""


def examples(count: int) -> settings:
    """Return settings for about so many examples, in an ordinary run of the suite."""
    factor = int(os.environ.get(FACTOR, "0"))
    return settings(
        max_examples=count * max(factor, 1),
        derandomize=factor == 0,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
