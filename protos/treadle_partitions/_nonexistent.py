"""What is raised for a partition that a reader needs, and that there never is."""

from __future__ import annotations

from collections.abc import Sequence


class NoUpstreamPartition(LookupError):
    """A key of a reader needs partitions that do not exist.

    `downstream` says which of the reader's, `missing` what it needs: keys, or stretches of time.
    """

    def __init__(self, downstream: str, missing: Sequence[str], hint: str = "") -> None:
        self.downstream = downstream
        self.missing = tuple(missing)
        shown = ", ".join(self.missing[:5]) + ("…" if len(self.missing) > 5 else "")  # noqa: PLR2004
        self.hint = hint
        super().__init__(
            f"Partition {downstream!r} needs {shown}, which does not exist."
            + (f" {hint}" if hint else "")
        )
