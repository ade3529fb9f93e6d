"""Tables of text: what a plan or a graph prints as, and what the command colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text cells below column names. Each row is one line: cells are shown by `one_line`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Page: TypeAlias = tuple["str | Table", ...]
"""Lines and tables, one below the other."""


def one_line(text: str) -> str:
    """Write line breaks and tabs as Python does, so that no text passes for a row of its own."""
    return text.translate(_BREAKS)


_BREAKS = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t"})


def render_text(page: Page) -> str:
    """Lay a page out as plain text, columns aligned, nothing cut."""
    return "\n".join(part if isinstance(part, str) else _render_table(part) for part in page)


def _render_table(table: Table) -> str:
    rows = [tuple(map(one_line, row)) for row in table.rows]
    lines = [tuple(column.upper() for column in table.columns), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_render_row(line, widths) for line in lines)


def _render_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
