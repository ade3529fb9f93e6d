"""What is said of failures that are not the user's."""

from typing import Final

MAKING_WHAT_WAS_LOST: Final = (
    '`--retry-lost 1`, or on={"lost"} in its policy, tries it again by itself;'
    " `treadle runs rerun RUN` makes it now."
)
"""What to do about an attempt whose host is gone."""
