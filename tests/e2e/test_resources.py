"""Resources: made in the process of each step that asks for them, told by the run, put away at its end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import ASSETS, Session, emptied
from treadle_client import ConfigError

PASSWORD = "12345"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, scratch: Path) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TREADLE_TEST_PASSWORD", PASSWORD)
        with treadle_client.local(ASSETS / "resources.py", home=home) as client:
            yield Session(client, home)


@pytest.fixture
def session(services: Session, scratch: Path) -> Session:
    emptied(scratch)
    return services


def notes(scratch: Path) -> list[str]:
    return [line.split(" ", 1)[1] for line in (scratch / "notes").read_text().splitlines()]


def told(**config: object) -> dict[str, object]:
    return {"resources": {key: {"config": each} for key, each in config.items()}}


def test_it_is_made_in_the_process_of_the_step_and_put_away(
    session: Session, scratch: Path
) -> None:
    session.succeed("asks")

    assert session.value("asks") == f"main#{len(PASSWORD)}"
    assert notes(scratch) == ["main opened for 01", "main closed"]
    pids = {line.split()[0] for line in (scratch / "notes").read_text().splitlines()}
    assert len(pids) == 1
    assert str(os.getpid()) not in pids


def test_a_run_may_tell_it_something_else(session: Session) -> None:
    session.succeed("asks", config=told(database={"url": "other"}))

    assert session.value("asks") == f"other#{len(PASSWORD)}"


def test_one_in_another_is_set_up_first(session: Session, scratch: Path) -> None:
    session.succeed("asks_service", config=told(service={"name": "mine"}))

    assert session.value("asks_service") == f"mine of main#{len(PASSWORD)}"
    assert notes(scratch) == ["main opened for 01", "main closed"]


def test_a_factory_gives_what_it_makes(session: Session) -> None:
    session.succeed("takes_token")

    assert session.value("takes_token") == "a-token"


def test_a_function_makes_one_of_others_and_puts_it_away(session: Session, scratch: Path) -> None:
    session.succeed("counts", config=told(counter={"n": 7}))

    assert session.value("counts") == 17
    assert notes(scratch) == ["counter opened", "counter closed"]


def test_an_io_manager_of_an_assets_own_stores_and_loads(session: Session, scratch: Path) -> None:
    session.succeed("in_a_file or reads_the_file")

    assert (scratch / "own" / "in_a_file").read_text() == "text"
    assert session.value("reads_the_file") == "TEXT"


def test_what_is_told_at_launch_must_be_told(session: Session) -> None:
    with pytest.raises(ConfigError, match=r"resources\.later\.config\.url: it must be given: text"):
        session.client.materialize("asks_later")

    session.succeed("asks_later", config=told(later={"url": "late"}))

    assert session.value("asks_later") == "late#11"


def test_the_plan_says_what_resources_are_told_and_no_secret(session: Session) -> None:
    plan = session.client.plan("asks or asks_later", config=told(later={"url": "late"}))

    step = next(each for each in plan.steps if each.key == "asks_later")
    assert [(each.key, each.config) for each in step.resource_config] == [
        ("later", {"url": "late", "breaks": False})
    ]
    assert "never shown" not in repr(plan)
    assert "never shown" not in repr(session.client.graph())
    database = next(each for each in session.client.graph().resources if each.key == "database")
    assert database.config is not None
    assert database.config.given == {
        "url": "main",
        "password": {"env": "TREADLE_TEST_PASSWORD"},
        "breaks": False,
    }


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (told(databse={}), "resources.databse: there is no 'databse' here"),
        (told(database={"ulr": "x"}), "Did you mean 'url'?"),
        (
            told(database={"breaks": "perhaps"}),
            "resources.database.config.breaks: expected true or false",
        ),
        (told(database={"password": "hush"}), "resources.database.config.password: it is a secret"),
        (told(plain={"n": 1}), "resources.plain.config: it takes no config."),
        ({"resources": {"database": 5}}, "resources.database: it is no map such as"),
    ],
)
def test_what_is_wrong_is_refused(session: Session, config: object, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        session.client.plan("asks", config=config)

    assert words in str(refused.value)
    assert "hush" not in str(refused.value)


def test_one_that_cannot_be_put_away_fails_the_step(session: Session) -> None:
    result = session.run("fails_to_close")

    failure = result.steps["fails_to_close"].failure
    assert failure is not None
    assert (failure.reason, failure.where) == ("user_error", "resource")
    assert "putting a resource away raised RuntimeError: the line is dead" in failure.message
    assert result.materializations == ()


def test_one_that_needs_itself_fails_the_step(session: Session) -> None:
    result = session.run("goes_round")

    failure = result.steps["goes_round"].failure
    assert failure is not None
    assert "the resource 'circle' needs itself: circle → circle." in failure.message


def test_a_block_brings_resources_of_its_own(session: Session) -> None:
    session.succeed("brings_its_own")

    assert session.value("brings_its_own") == "brought along"
