"""Huge pages: memory that a fork copies an entry of, where it copies one for each of 512 pages else."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

from treadle._system import os, read_bytes, struct

# https://man7.org/linux/man-pages/man2/madvise.2.html, since Linux 6.1; not in `mmap` yet.
_MADV_COLLAPSE = 25
_SIZE_FILE = "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"
# An entry of pagemap: https://docs.kernel.org/admin-guide/mm/pagemap.html
_ENTRY = struct.Struct("Q")
_PRESENT = 1 << 63
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LIBC = ctypes.CDLL(None)


def join_pages(most: int) -> int:
    """Join this process's pages to huge ones where half of those are there; return how many it made.

    What they hold stays. Where the system has none, none are made.
    """
    try:
        size = int(read_bytes(_SIZE_FILE))
        pagemap = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return 0
    joined = 0
    try:
        for start in _places(size):
            if joined < most and _is_half_there(pagemap, start, size):
                joined += not _LIBC.madvise(
                    ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_COLLAPSE
                )
    finally:
        os.close(pagemap)
    return joined


def _places(size: int) -> Iterator[int]:
    """Yield where huge pages may lie: in what is private, written, and of no file."""
    for line in read_bytes("/proc/self/maps").splitlines():
        place, mode, _, _, inode, *name = line.split()
        if mode == b"rw-p" and inode == b"0" and name != [b"[stack]"]:
            start, end = (int(each, 16) for each in place.split(b"-"))
            yield from range(-(-start // size) * size, end - size + 1, size)


def _is_half_there(pagemap: int, start: int, size: int) -> bool:
    count = size // _PAGE
    found = os.pread(pagemap, count * _ENTRY.size, start // _PAGE * _ENTRY.size)
    present = sum(1 for (entry,) in _ENTRY.iter_unpack(found) if entry & _PRESENT)
    return 2 * present >= count
