"""`python -m treadle_client` is the `treadle` command."""

from __future__ import annotations

from treadle_client.cli import main

main()
