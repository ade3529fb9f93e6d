"""What an import prints is capped while it prints: a flood fills no disk."""

from __future__ import annotations

import os
import time
from pathlib import Path

from treadle_worker.loading.import_watch import Hang, WatchLimits, watched

MIB = 1024 * 1024
END_SECONDS = 30.0


def never(hang: Hang) -> None:
    raise AssertionError("nothing hangs")


def test_a_flood_of_an_import_is_cut_while_it_goes_on(tmp_path: Path) -> None:
    printed = tmp_path / "output"
    limits = WatchLimits(seconds=2 * END_SECONDS, printed=str(printed), kept=MIB)

    with printed.open("wb") as output, watched(limits, never):
        os.write(output.fileno(), b"first" + bytes(range(256)) * (40 * MIB // 256))
        deadline = time.monotonic() + END_SECONDS
        while printed.stat().st_blocks * 512 > 4 * MIB and time.monotonic() < deadline:
            os.write(output.fileno(), b".")
        os.write(output.fileno(), b"last")

    content = printed.read_bytes()
    assert printed.stat().st_blocks * 512 <= 4 * MIB
    assert content.startswith(b"first")
    assert content.endswith(b"last")
