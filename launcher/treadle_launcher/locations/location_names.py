"""The names that code servers gave themselves when they last answered, kept in the home by address."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from treadle_launcher.private_files import write_whole

_LOG = logging.getLogger(__name__)


class LocationNames:
    """What `--location ADDRESS` is called while nobody answers there."""

    def __init__(self, file: Path, *, only_reads: bool = False) -> None:
        self._file = file
        self._only_reads = only_reads
        self._names = dict(_read(file))

    def get(self, address: str) -> str:
        """Return the name that the code server at an address had; "" if that is not known."""
        return self._names.get(address, "")

    def remember(self, address: str, name: str) -> None:
        """Keep a name. A home that cannot be written to is no reason not to serve."""
        if self._names.get(address) == name:
            return
        self._names[address] = name
        if self._only_reads:
            return
        try:
            write_whole(self._file, json.dumps(self._names, indent=1, sort_keys=True) + "\n")
        except OSError as error:
            _LOG.warning("location_name_not_kept name=%s error=%s", name, error)


def _read(file: Path) -> Mapping[str, str]:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {address: name for address, name in content.items() if isinstance(name, str) and name}
