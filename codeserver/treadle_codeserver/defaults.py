"""Every default of the code server, and every limit, in one place."""

from __future__ import annotations

IMPORT_TIMEOUT_S = 60.0
"""How long the import of one target may take (`--import-timeout`)."""

ABORT_GRACE_S = 2.0
"""How long a hung loader may take to say where it hangs before it is killed."""

STOP_GRACE_S = 2.0
"""How long calls may take to end when the server leaves."""

PING_INTERVAL_MS = 5_000
"""How often a caller with an open call may ping; gRPC's own five minutes find no stopped server."""

KEPT_PLAN_STEPS = 20_000
"""How many steps the plans have together that are kept for the next request of the same plan."""

TEXT_BYTES = 32 * 1024
"""How long a text may be; of a longer one its two ends are sent."""

REPORT_BYTES = 1024 * 1024
"""How long the texts of one location's module reports may be together."""

WARNING_COUNT = 500
"""How many warnings of one load are sent."""

HEADER_KEYS = 500
"""How many keys the header of a plan lists."""

OUTPUT_BYTES = 32 * 1024
"""How much of the end of a loader's output is kept."""

FRAME_BYTES = 1024 * 1024 * 1024
"""How large a frame of the loader may be: the snapshot of a very large location fits."""
