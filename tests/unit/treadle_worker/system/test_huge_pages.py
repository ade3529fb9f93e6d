"""Huge pages of a process: what they hold, and how many are made."""

from __future__ import annotations

import subprocess
import sys

# So much memory that several lie in it whole, written to in every page, and read again.
PROCESS = """
import mmap
from treadle_worker.system.huge_pages import join_pages
pages = 8 * 512
memory = mmap.mmap(-1, pages * 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for page in range(pages):
    memory[page * 4096] = page % 251
{before}
print(join_pages({most}))
assert all(memory[page * 4096] == page % 251 for page in range(pages))
"""


def joined(most: int, before: str = "") -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROCESS.format(most=most, before=before)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_pages_are_joined_as_often_as_is_allowed_and_hold_what_they_held() -> None:
    # None where the kernel, or its administrator, has none.
    assert joined(2) in (0, 2)
    assert joined(0) == 0


def test_a_system_without_them_is_none_to_complain_of() -> None:
    missing = "import treadle_worker.system.huge_pages as here; here._SIZE_FILE = '/nowhere'"

    assert joined(2, missing) == 0
