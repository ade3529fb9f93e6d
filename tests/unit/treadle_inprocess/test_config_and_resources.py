"""Config and resources of odd classes, from what a run says to what an op gets."""

from __future__ import annotations

import gc
from typing import Any, Literal

import pytest
from pydantic import Field, Secret, SecretStr, ValidationError

from treadle import (
    Config,
    ConfigurableResource,
    EnvVar,
    OpExecutionContext,
    PlanRefused,
    Selector,
    asset,
    materialize,
)
from treadle import Field as Older


class Login(Config):
    user: str = "reader"
    password: SecretStr | None = None


class Cat(Config):
    kind: Literal["cat"] = "cat"
    meows: int = 1


class Dog(Config):
    kind: Literal["dog"] = "dog"
    barks: int = 2
    chip: SecretStr | None = None


class Odd(Config):
    pet: Cat | Dog = Field(default=Cat(), discriminator="kind")
    either: Login | str = "nobody"
    login: Login = Login(password=SecretStr("written in the code"))
    later: Login = Login(password=EnvVar("TREADLE_TEST_WORD"))
    logins: list[Login] = Field(default=[])
    pair: tuple[int, SecretStr] | None = None
    number: Secret[int] | None = None
    size: int = Field(default=1, alias="how-many")


@asset
def told(config: Odd) -> Odd:
    return config


@pytest.fixture(autouse=True)
def _word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_TEST_WORD", "hush")


def read(config: dict[str, Any]) -> Odd:
    run_config = {"ops": {"told": {"config": config}}}
    odd: Odd = materialize([told], run_config=run_config).asset_value("told")
    return odd


def word_of(login: Login) -> str | None:
    return login.password and login.password.get_secret_value()


def test_of_alternatives_the_one_that_fits_has_its_defaults() -> None:
    assert read({}).pet == Cat()
    assert read({"pet": {"kind": "dog", "barks": 3}}).pet == Dog(barks=3)
    assert read({"either": {"user": "me"}}).either == Login(user="me")


def test_a_variable_stands_where_no_map_may_have_such_an_entry() -> None:
    assert read({"either": {"env": "TREADLE_TEST_WORD"}}).either == "hush"


def test_defaults_that_hold_secrets_and_variables_are_what_the_class_says() -> None:
    odd = read({"how-many": 4})

    assert (word_of(odd.login), word_of(odd.later), odd.size) == ("written in the code", "hush", 4)


@pytest.mark.parametrize(
    "config",
    [
        {"logins": [{"password": "hush"}]},
        {"pair": [1, "hush"]},
        {"number": 1234},
        {"pet": {"kind": "dog", "chip": "hush", "meows": 1}},
        {"pet": {"kind": "cow", "chip": "hush"}},
    ],
)
def test_a_secret_is_refused_wherever_it_stands_and_not_repeated(config: dict[str, Any]) -> None:
    with pytest.raises(PlanRefused, match="it is a secret") as refused:
        read(config)

    assert "hush" not in str(refused.value)
    assert "1234" not in str(refused.value)


def test_secrets_in_lists_are_read() -> None:
    odd = read({"logins": [{"password": {"env": "TREADLE_TEST_WORD"}}]})

    assert word_of(odd.logins[0]) == "hush"


def test_what_a_variable_holds_is_in_no_message() -> None:
    with pytest.raises(ValidationError, match="valid integer") as refused:
        read({"how-many": {"env": "TREADLE_TEST_WORD"}})

    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("schema", "config", "read"),
    [
        (Selector({"a": int, "b": {"c": int}}), {"b": {"c": 1}}, {"b": {"c": 1}}),
        ({"a": Older(int, is_required=False)}, {}, {}),
        ([{"a": Older(int, default_value=2)}], [{}, {"a": 3}], [{"a": 2}, {"a": 3}]),
        (
            {"model_config": int, "_a": int},
            {"model_config": 1, "_a": 2},
            {"model_config": 1, "_a": 2},
        ),
    ],
)
def test_an_older_form_is_told_as_it_was_given(schema: Any, config: Any, read: Any) -> None:
    @asset(config_schema=schema)
    def older(context: OpExecutionContext) -> Any:
        return context.op_config

    run_config = {"ops": {"older": {"config": config}}}
    assert materialize([older], run_config=run_config).asset_value("older") == read


class Store(ConfigurableResource):
    login: Login = Login()
    port: int = Field(default=1, alias="the-port")


@asset
def kept(store: Store) -> tuple[str | None, str, int]:
    return word_of(store.login), store.login.user, store.port


def store_as_read(store: Store, **config: Any) -> Any:
    said = {"resources": {"store": {"config": config}}} if config else None
    return materialize([kept], resources={"store": store}, run_config=said).asset_value("kept")


def test_settings_inside_settings_hold_variables_and_secrets() -> None:
    later = Store(login=Login(password=EnvVar("TREADLE_TEST_WORD")))
    written = Store(login=Login(password=SecretStr("written")))

    assert store_as_read(later) == ("hush", "reader", 1)
    assert store_as_read(written) == ("written", "reader", 1)
    assert store_as_read(written, **{"the-port": 2}) == ("written", "reader", 2)
    assert store_as_read(written, login={"user": "me"}) == ("written", "me", 1)


def test_a_resource_says_nothing_of_what_a_variable_holds() -> None:
    with pytest.raises(ValidationError, match="valid integer") as refused:
        store_as_read(Store(**{"the-port": EnvVar("TREADLE_TEST_WORD")}))  # type: ignore[arg-type]

    assert "hush" not in str(refused.value)


def test_a_resource_that_is_set_up_for_a_test_is_torn_down_when_nobody_has_it() -> None:
    events: list[str] = []

    class Watched(ConfigurableResource):
        def setup_for_execution(self, context: object) -> None:
            events.append("up")

        def teardown_after_execution(self, context: object) -> None:
            events.append("down")

    made = Watched().process_config_and_initialize()
    assert events == ["up"]
    assert isinstance(made, Watched)
    del made
    gc.collect()
    assert events == ["up", "down"]

    with Watched().process_config_and_initialize_cm():
        assert events[2:] == ["up"]
    assert events[2:] == ["up", "down"]


class Database(ConfigurableResource):
    path: str


class Report(ConfigurableResource):
    database: Database


@asset
def shown(report: Report) -> str:
    return report.database.path


@asset
def same(database: Database, report: Report) -> bool:
    return report.database is database


@pytest.mark.parametrize("database", [Database(path="here"), Database.configure_at_launch()])
def test_a_resource_in_another_is_that_of_its_key(database: Any) -> None:
    resources = {"database": database, "report": Report(database=database)}
    told = {"resources": {"database": {"config": {"path": "there"}}}}

    result = materialize([shown, same], resources=resources, run_config=told)

    assert result.asset_value("shown") == "there"
    assert result.asset_value("same") is True


def test_what_a_resource_in_another_must_be_told_is_asked_for() -> None:
    database: Any = Database.configure_at_launch()

    with pytest.raises(PlanRefused, match=r"resources\.database\.config\.path: it must be given"):
        materialize([shown], resources={"database": database, "report": Report(database=database)})
