"""How a plan reads on a page."""

from __future__ import annotations

from treadle_client._messages import (
    Plan,
    PlannedStep,
    PlanOptions,
    ResourceConfig,
    Selection,
    Verdict,
)
from treadle_client.text._plan_tables import plan_page
from treadle_client.text._table import Table


def step(block: str, **limits: int) -> PlannedStep:
    return PlannedStep(
        key=f"{block}.read",
        block=block,
        verdict=Verdict.RUN,
        resource_config=tuple(
            ResourceConfig(key=key, config={"limit": limit}) for key, limit in limits.items()
        ),
    )


def config_rows(*steps: PlannedStep) -> tuple[tuple[str, ...], ...]:
    page = plan_page(Plan(selection=Selection(), options=PlanOptions(), steps=steps))
    table = page[page.index("Config") + 1]
    assert isinstance(table, Table)
    return table.rows


def test_what_a_resource_is_told_is_one_row_where_all_jobs_have_it_alike() -> None:
    rows = config_rows(step("daily", store=1), step("weekly", store=1), step("monthly"))

    assert rows == (("resource store", "limit=1"),)


def test_what_a_resource_is_told_is_a_row_for_each_job_where_they_differ() -> None:
    rows = config_rows(step("weekly", store=2, api=5), step("daily", store=1))

    assert rows == (
        ("resource api", "limit=5"),
        ("resource store of daily", "limit=1"),
        ("resource store of weekly", "limit=2"),
    )
