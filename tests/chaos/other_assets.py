"""What somebody else makes on the same home, between two launchers."""

from treadle import asset


@asset
def other() -> int:
    return 1
