"""The tag by which everything that a host ever started is known, whatever it did to get away.

A process keeps its resource limits through fork, exec and setsid, with a cleared environment and
all descriptors closed. One of them, the time that a real-time process may compute without a pause,
takes any number: half of those are longer than the machine will stand. So one of these, different
for each host, limits nothing and says whose a process is, without leave of anybody and before and
after a restart of the asking process (`/proc/PID/limits` shows it).
"""

from __future__ import annotations

import sys

from treadle._system import resource

# A soft limit from here on is a tag: of a host whose op runs the launcher of this one, say.
NO_LIMIT = 1 << 62


def carry(tag: int) -> None:
    """Take the tag, and hand it to all that this process will ever start.

    Where the limit is in use already it stays, and that is said on stderr.
    """
    try:
        soft, hard = resource.getrlimit(resource.RLIMIT_RTTIME)
        if 0 <= soft < NO_LIMIT:
            raise ValueError(f"its limit of real-time computing is {soft} microseconds")
        resource.setrlimit(resource.RLIMIT_RTTIME, (tag, hard))
    except (OSError, ValueError) as error:
        print(
            f"treadle: this host cannot be tagged ({error}): should it and its guard be killed in "
            "the same moment, processes of its steps may be left",
            file=sys.stderr,
            flush=True,
        )
