"""`treadle disk`: what stored values take, by asset and by run."""

from __future__ import annotations

from collections.abc import Sequence

import click

from treadle_client._messages import DiskUse
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, launcher_options
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.session import SessionRequest, open_home_session
from treadle_client.services._local import Purpose
from treadle_client.text._table import Page, Table
from treadle_client.text._words import size_text


@click.command()
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many assets and how many runs to show, from the largest on.",
)
@launcher_options
@json_option("all assets and runs as one JSON array")
@reporting_errors
def disk(limit: int, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Show what stored values take on the disk, by asset and by run, largest first.

    A run's values are those that it wrote and that are there still: assets and intermediates.
    """
    with open_home_session(wanted, Purpose.READ) as session:
        uses = tuple(session.client.disk_use())
    if as_json:
        print_document(plain(uses))
    else:
        show_page(_disk_page(uses, limit))
    return ExitCode.SUCCEEDED


def _disk_page(uses: Sequence[DiskUse], limit: int) -> Page:
    if not uses:
        return ("No values.",)
    assets = [use for use in uses if use.asset_key]
    runs = [use for use in uses if use.run_id]
    total = sum(use.size_bytes for use in runs)
    page: list[str | Table] = [f"{sum(use.value_count for use in runs)} values, {size_text(total)}"]
    for name, some in (("asset", assets), ("run", runs)):
        if some:
            page += ["", _table(name, some[:limit])]
        if len(some) > limit:
            page.append(f"… and {len(some) - limit} more {name}s (--limit)")
    return tuple(page)


def _table(name: str, uses: Sequence[DiskUse]) -> Table:
    return Table(
        columns=(name, "values", "size"),
        rows=tuple(
            (use.asset_key or use.run_id or "", str(use.value_count), size_text(use.size_bytes))
            for use in uses
        ),
    )
