from __future__ import annotations

from treadle_client.cli.pages.asset_pages import metadata_page
from treadle_client.text._metadata import Metadata
from treadle_client.text._table import Table


def test_a_long_fact_is_cut_for_people_and_says_where_all_of_it_is() -> None:
    (table,) = metadata_page(Metadata({"rows": 3, "schema": "x" * 32_000}))

    assert isinstance(table, Table)
    assert table.rows == (
        ("rows", "3"),
        ("schema", "x" * 200 + "… (32,000 characters; --json has all)"),
    )
