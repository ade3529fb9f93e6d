"""All use cases, by their module."""

from __future__ import annotations

from tests.usecases.cases import (
    assets,
    config,
    graphs,
    jobs,
    outcomes,
    resources,
    selections,
    values,
)
from tests.usecases.running import Case

AREAS = (config, resources, values, assets, graphs, outcomes, selections, jobs)
CASES: dict[str, Case] = {each.module: each for area in AREAS for each in area.CASES}
