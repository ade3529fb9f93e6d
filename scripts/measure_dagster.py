"""Write what of Treadle's public names Dagster has, and the parameters of each.

`python -m scripts.measure_dagster NAME…` with a Python that has Dagster writes scripts/dagster_parameters.json; the
names are `treadle.__all__` and `treadle.LATER`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("dagster_parameters.json")


def parameters(value: Any) -> list[str]:
    """Return the parameters of a callable by name, none where Python does not tell them."""
    try:
        found = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        each.name
        for each in found
        if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD) and each.name != "_"
    ]


def main() -> int:
    """Measure, and write the file."""
    dagster = importlib.import_module("dagster")
    there = {name: getattr(dagster, name) for name in sys.argv[1:] if hasattr(dagster, name)}
    told = {name: parameters(value) for name, value in sorted(there.items())}
    FILE.write_text(json.dumps(told) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
