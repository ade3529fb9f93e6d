from __future__ import annotations

from treadle_client.text._table import Table, render_text


def test_no_text_passes_for_a_row_of_its_own():
    forged = "sales\nreport  SUCCEEDED\r\tmore"

    lines = render_text((Table(columns=("step", "state"), rows=((forged, "FAILED"),)),)).split("\n")

    assert len(lines) == 2
    assert lines[1] == r"sales\nreport  SUCCEEDED\r\tmore  FAILED"
