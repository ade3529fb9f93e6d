from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    Config,
    ConfigurableResource,
    Definitions,
    PlanRefused,
    RunConfig,
    asset,
    define_asset_job,
    graph,
    job,
    op,
    validate_run_config,
)


class Fetch(Config):
    day: str
    pages: int = 3


class Store(ConfigurableResource):  # type: ignore[type-arg]
    path: str = "here"


@op
def fetch(config: Fetch, store: Store) -> int:
    return config.pages


@graph
def fetching() -> Any:
    return fetch()


@job(resource_defs={"store": Store()})
def nightly() -> None:
    fetching()


def told(**config: Any) -> dict[str, Any]:
    return {"ops": {"fetching": {"ops": {"fetch": {"config": config}}}}}


def test_defaults_are_filled_in_without_the_jobs_name() -> None:
    assert validate_run_config(nightly, told(day="monday")) == told(day="monday", pages=3)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (told(day=1), "expected text, got 1"),
        (told(day="monday", page=2), "page"),
        (None, "day"),
        ({"ops": {"fetchin": {}}}, "fetchin"),
    ],
)
def test_what_is_wrong_is_refused(config: Any, words: str) -> None:
    with pytest.raises(PlanRefused, match=words):
        validate_run_config(nightly, config)


def test_a_job_of_assets_adds_what_it_says_itself() -> None:
    @asset
    def orders(config: Fetch, store: Store) -> int:
        return config.pages

    said = {"ops": {"orders": {"config": {"day": "friday"}}}}
    defs = Definitions(
        [orders], resources={"store": Store()}, jobs=[define_asset_job("weekly", config=said)]
    )

    found = validate_run_config(
        defs.get_job_def("weekly"), RunConfig(resources={"store": Store(path="there")})
    )

    assert found == {
        "ops": {"orders": {"config": {"day": "friday", "pages": 3}}},
        "resources": {"store": {"config": {"path": "there"}}},
    }


def test_a_job_without_definitions_is_refused() -> None:
    with pytest.raises(ArgumentError, match="whose definitions are not known"):
        validate_run_config(define_asset_job("weekly"))
