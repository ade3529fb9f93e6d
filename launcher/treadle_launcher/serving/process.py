"""The launcher's process, from its arguments to its exit status."""

from __future__ import annotations

import asyncio
import logging
import sys

from treadle_access.addresses import BadAddressError
from treadle_launcher.errors import LauncherError
from treadle_launcher.home.home import HomeError
from treadle_launcher.serving.arguments import Purpose, read
from treadle_launcher.serving.reading import serve_reading
from treadle_launcher.serving.server import serve


def main() -> int:
    """Run a launcher and return its exit status: 2 for wrong arguments, 1 if it cannot start."""
    settings = read(sys.argv[1:])
    # The process that started an ephemeral service tells people what they need to know.
    level = logging.INFO if settings.alive_fd is None else logging.WARNING
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(message)s"
    )
    try:
        runs = settings.purpose is Purpose.RUN
        asyncio.run(serve(settings) if runs else serve_reading(settings))
    except (LauncherError, HomeError, BadAddressError) as error:
        print(f"treadle launcher: {error}", file=sys.stderr)
        return 1
    return 0
