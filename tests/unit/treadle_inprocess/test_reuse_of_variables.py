"""What reads environment variables by an EnvVar is not reused in this process, and nothing says their values."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

import treadle
from treadle import Config, ConfigurableResource, EnvVar, ResourceParam, asset, materialize

NAME = "TREADLE_TEST_VARIABLE"
SECRETS = ("first-secret", "second-secret")
SEEN: list[str] = []


class Store(ConfigurableResource):
    password: SecretStr = SecretStr("none")


class Plain(ConfigurableResource):
    url: str = "somewhere"


class Opaque:
    """Its content cannot be told: a generator is in it."""

    def __init__(self, name: str) -> None:
        self.held = {"name": [EnvVar(name)]}
        self.rest = iter(())

    def read(self) -> str:
        return str(self.held["name"][0].value())


class Settings(Config):
    token: str
    env: str = "test"


class Defaulted(Config):
    token: str = EnvVar(NAME)


GLOBAL = EnvVar(NAME)


def by_resource() -> dict[str, Any]:
    @asset
    def made(store: Store) -> None:
        SEEN.append(store.password.get_secret_value())

    return {"assets": [made], "resources": {"store": Store(password=cast(Any, EnvVar(NAME)))}}


def by_resource_told() -> dict[str, Any]:
    @asset
    def made(store: Store) -> None:
        SEEN.append(store.password.get_secret_value())

    return {
        "assets": [made],
        "resources": {"store": Store.configure_at_launch()},
        "run_config": {"resources": {"store": {"config": {"password": {"env": NAME}}}}},
    }


def by_opaque_resource() -> dict[str, Any]:
    @asset
    def made(opaque: ResourceParam[Opaque]) -> None:
        SEEN.append(opaque.read())

    return {"assets": [made], "resources": {"opaque": Opaque(NAME)}}


def by_config() -> dict[str, Any]:
    @asset
    def made(config: Settings) -> None:
        SEEN.append(config.token)

    told = {"ops": {"made": {"config": {"token": {"env": NAME}}}}}
    return {"assets": [made], "run_config": told}


def by_default() -> dict[str, Any]:
    @asset
    def made(config: Defaulted) -> None:
        SEEN.append(config.token)

    return {"assets": [made]}


def by_constant() -> dict[str, Any]:
    @asset
    def made() -> None:
        SEEN.append(GLOBAL.value())

    return {"assets": [made]}


def by_code() -> dict[str, Any]:
    @asset
    def made() -> None:
        SEEN.append(treadle.EnvVar(NAME).value())

    return {"assets": [made]}


@pytest.mark.parametrize(
    "form",
    [
        by_resource,
        by_resource_told,
        by_opaque_resource,
        by_config,
        by_default,
        by_constant,
        by_code,
    ],
)
def test_what_reads_a_variable_runs_and_its_value_is_written_nowhere(
    form: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for secret in SECRETS:
        # Ops can see what is in it.
        SEEN.clear()
        monkeypatch.setenv(NAME, secret)
        given = form()
        result = materialize(given.pop("assets"), instance=tmp_path, reuse="unchanged", **given)
        assert result.success
        seen += SEEN

    assert tuple(seen) == SECRETS
    files = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    assert files
    assert not [text for text in files for secret in SECRETS if secret.encode() in text]


def test_what_reads_none_is_reused(tmp_path: Path) -> None:
    @asset
    def made(config: Settings, plain: Plain) -> None:
        SEEN.append(config.env)

    # No variable: where it stands, a map may have such an entry.
    told = {"ops": {"made": {"config": {"token": "plain", "env": "prod"}}}}
    seen = []
    for _ in range(2):
        SEEN.clear()
        materialize(
            [made],
            instance=tmp_path,
            resources={"plain": Plain()},
            run_config=told,
            reuse="unchanged",
        )
        seen += SEEN

    assert seen == ["prod"]
