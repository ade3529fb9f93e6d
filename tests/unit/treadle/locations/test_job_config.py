"""The config of a job stands in the graph, so that no secret may stand in it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

import treadle
from treadle import Config, ConfigurableResource, Definitions, EnvVar, asset, define_asset_job


class Login(Config):
    password: SecretStr = EnvVar("PASSWORD")


class Database(ConfigurableResource):
    password: SecretStr = EnvVar("PASSWORD")


@asset
def enters(config: Login, database: Database) -> None: ...


def defined(config: Any) -> Definitions:
    return Definitions(
        assets=[enters],
        jobs=[define_asset_job("j", config=config)],
        resources={"database": Database()},
    )


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"ops": {"enters": {"config": {"password": "hush"}}}}, r"ops\.enters\.config\.password"),
        (
            {"resources": {"database": {"config": {"password": "hush"}}}},
            r"resources\.database\.config\.password",
        ),
    ],
)
def test_a_secret_as_it_is_is_refused(config: Any, place: str) -> None:
    with pytest.raises(treadle.ArgumentError, match=place) as refused:
        defined(config)

    assert "hush" not in str(refused.value)


def test_the_name_of_a_variable_is_taken() -> None:
    config = {"ops": {"enters": {"config": {"password": {"env": "OTHER"}}}}}

    assert defined(config).selected_jobs[0].job.config == config
