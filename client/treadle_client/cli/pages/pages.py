"""Pages of tables on standard output: coloured on a terminal, plain elsewhere."""

from __future__ import annotations

import sys

import click

from treadle_client.text._table import Page, Table, one_line, render_text
from treadle_client.text._visible import visible
from treadle_contract.lazy_dataclasses import replace

#: How the words are shown that a reader looks for.
_STYLES = {
    "RUN": "bold green",
    "REUSE": "cyan",
    "OMIT": "dim",
    "SUCCEEDED": "green",
    "FAILED": "bold red",
    "CANCELLED": "yellow",
    "CANCELLING": "yellow",
    "RUNNING": "cyan",
    "SKIPPED": "dim",
    "NOT_RUN": "yellow",
}


def show_page(page: Page) -> None:
    """Print a page. On a terminal cells are wrapped to its width; elsewhere nothing is cut."""
    # First of all: columns are as wide as what is shown.
    page = tuple(_visible(part) for part in page)
    if not sys.stdout.isatty():
        click.echo(render_text(page))
        return
    # Rich costs time that a pipe need not pay.
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False, emoji=False)
    for part in page:
        console.print(_rich_table(part) if isinstance(part, Table) else part, markup=False)


def _visible(part: str | Table) -> str | Table:
    if isinstance(part, str):
        return visible(part)
    rows = tuple(tuple(visible(one_line(cell)) for cell in row) for row in part.rows)
    return replace(part, rows=rows)


def _rich_table(table: Table) -> object:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = RichTable(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in table.columns:
        drawn.add_column(column, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return drawn
