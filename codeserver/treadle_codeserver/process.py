"""The code server's process, from its arguments to its exit status."""

from __future__ import annotations

import asyncio
import logging
import sys

from treadle_access.addresses import BadAddressError
from treadle_codeserver.arguments import read
from treadle_codeserver.server import serve


def main() -> int:
    """Run a code server and return its exit status: 2 for wrong arguments, 1 if it cannot start."""
    settings = read(sys.argv[1:])
    # The process that started an ephemeral service tells people what they need to know.
    level = logging.INFO if settings.alive_fd is None else logging.WARNING
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(message)s"
    )
    try:
        asyncio.run(serve(settings))
    except BadAddressError as error:
        print(f"treadle codeserver: {error}", file=sys.stderr)
        return 1
    return 0
