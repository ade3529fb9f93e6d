"""Where the config of a step stands and how it reads it, through graphs with config of their own."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

import treadle
from tests.unit.treadle.conftest import Bench
from treadle import Config, Definitions, RunConfig, config_mapping, graph, graph_asset, op
from treadle.locations.location import build_location
from treadle.locations.snapshot import Step


class Number(Config):
    n: int = 1


@op
def number(config: Number) -> int:
    return config.n


@op
def plus(x: int, config: Number) -> int:
    return x + config.n


@graph
def inner():
    return plus(number())


@graph(config={"number": {"config": {"n": 10}}, "plus": Number(n=20)})
def inner_with_defaults():
    return plus(number())


@config_mapping
def doubled(outer: Number) -> dict[str, Any]:
    return {"number": Number(n=outer.n * 2), "plus": {"config": {"n": outer.n}}}


@graph(config=doubled)
def inner_mapped():
    return plus(number())


def places(asset: treadle.AssetsDefinition) -> dict[str, tuple[str, object]]:
    steps = Definitions(assets=[asset]).built.snapshot.steps
    return {
        step.key: (".".join(step.config.path), step.config.given)
        for step in steps
        if step.config is not None
    }


def test_an_ops_config_stands_at_its_path() -> None:
    @graph_asset
    def outer():
        return inner()

    assert places(outer) == {
        "outer.inner.number": ("ops.outer.ops.inner.ops.number.config", None),
        "outer.inner.plus": ("ops.outer.ops.inner.ops.plus.config", None),
    }


def test_what_graphs_say_is_given_the_outer_one_over_the_inner_one() -> None:
    @graph_asset(config={"inner_with_defaults": {"ops": {"plus": {"config": {"n": 30}}}}})
    def outer():
        return inner_with_defaults()

    assert places(outer) == {
        "outer.inner_with_defaults.number": (
            "ops.outer.ops.inner_with_defaults.ops.number.config",
            {"n": 10},
        ),
        "outer.inner_with_defaults.plus": (
            "ops.outer.ops.inner_with_defaults.ops.plus.config",
            {"n": 30},
        ),
    }


def test_the_outermost_mapping_is_where_config_stands() -> None:
    @config_mapping
    def both(outer: Number) -> RunConfig:
        return RunConfig(ops={"inner_mapped": Number(n=outer.n + 1)})

    @graph_asset(config=both)
    def outer():
        return inner_mapped()

    assert {place for place, _ in places(outer).values()} == {"ops.outer.config"}


def test_a_mapping_of_a_graph_inside_is_where_its_config_stands() -> None:
    @graph_asset(config={"inner_mapped": {"config": {"n": 4}}})
    def outer():
        return inner_mapped()

    found = list(places(outer).values())

    assert found == [("ops.outer.ops.inner_mapped.config", {"n": 4})] * 2


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("graph_asset(config={'a': {}})", "config names 'a', which it does not call"),
        ("graph_asset(config={'number': {'n': 5}})", "has 'n' for 'number', which takes config"),
        ("graph_asset(config={'number': 5})", "has no map for 'number', which takes config"),
        ("graph_asset(config=5)", "neither a ConfigMapping nor what its ops are told"),
        ("graph_asset(config={'number': {'config': {'n': object()}}})", "a value of type object"),
    ],
)
def test_a_graph_that_tells_nobody_is_refused(config: str, told: str) -> None:
    def body() -> Any:
        return number()

    with pytest.raises(treadle.ArgumentError, match=told):
        eval(config, {"graph_asset": graph_asset})(body)


def test_a_mapping_to_ops_that_take_none_is_refused() -> None:
    @op
    def plain() -> int:
        return 1

    with pytest.raises(treadle.ArgumentError, match="of which none takes any"):

        @graph_asset(config=doubled)
        def outer():
            return plain()


def test_a_mapping_takes_one_argument() -> None:
    with pytest.raises(treadle.ArgumentError, match="takes 2 arguments"):

        @config_mapping
        def two(a: Number, b: Number) -> dict[str, Any]:
            return {}


def read(asset: treadle.AssetsDefinition, key: str, value: Any, **environment: str) -> Any:
    step = build_location([("it", Definitions(assets=[asset]))]).step(key)
    assert step.config is not None
    return step.config.read(value, environment)


def test_a_step_reads_its_part_of_what_mappings_make() -> None:
    @config_mapping
    def both(outer: Number) -> RunConfig:
        return RunConfig(ops={"inner_mapped": Number(n=outer.n + 1)})

    @graph_asset(config=both)
    def outer():
        return inner_mapped()

    assert read(outer, "outer.inner_mapped.number", {"n": 4}).n == 10
    assert read(outer, "outer.inner_mapped.plus", {"n": {"env": "N"}}, N="6").n == 7


def test_a_mapping_that_returns_no_config_is_the_users_error() -> None:
    @config_mapping
    def wrong(outer: Number) -> Any:
        return 5

    @graph_asset(config=wrong)
    def outer():
        return number()

    with pytest.raises(TypeError, match="wrong returned 5, and not what its ops are told"):
        read(outer, "outer.number", {})


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ({"nummer": {"config": {"n": 1}}}, "names 'nummer', which it does not call"),
        ({"number": {"n": 1}}, "has 'n' for 'number', which takes config"),
        ({"number": "hush"}, "has no map for 'number', which takes config"),
        (
            {"inner_mapped": {"ops": {}, "confg": 1}},
            "has 'confg' for 'inner_mapped', which takes config",
        ),
        ({"deep": {"ops": {"nummer": {}}}}, "names 'deep.nummer', which it does not call"),
        ({"plain": {"config": 1}}, "has 'config' for 'plain', which takes nothing"),
    ],
)
def test_a_mapping_tells_nobody_else(returned: Any, said: str) -> None:
    @config_mapping
    def wrong(outer: Number) -> Any:
        return returned

    @op
    def plain() -> int:
        return 1

    @treadle.graph
    def deep():
        return number()

    @treadle.graph_multi_asset(outs={name: treadle.AssetOut() for name in "abcd"}, config=wrong)
    def outer():
        return number(), inner_mapped(), deep(), plain()

    with pytest.raises(ValueError, match=said) as refused:
        read(outer, "outer.number", {})
    assert "hush" not in str(refused.value)


def test_a_graph_that_holds_a_secret_is_refused() -> None:
    class Login(treadle.Config):
        password: SecretStr

    @op
    def login(config: Login) -> int:
        return 1

    @treadle.graph
    def inner():
        return login()

    config = {"inner": {"ops": {"login": {"config": {"password": "hush"}}}}}
    with pytest.raises(
        treadle.ArgumentError, match=r"at inner\.ops\.login\.config\.password"
    ) as told:

        @graph_asset(config=config)
        def outer():
            return inner()

    assert "hush" not in str(told.value)


@pytest.mark.parametrize("as_class", [True, False])
def test_a_mapping_hands_secrets_on(as_class: bool) -> None:
    class Login(treadle.Config):
        password: SecretStr

    @op
    def login(config: Login) -> str:
        return config.password.get_secret_value()

    @config_mapping
    def secret(outer: Login) -> Any:
        told = (
            Login(password=outer.password) if as_class else {"config": {"password": outer.password}}
        )
        return {"login": told}

    @graph_asset(config=secret)
    def outer():
        return login()

    told = read(outer, "outer.login", {"password": {"env": "WORD"}}, WORD="hush")
    assert told.password.get_secret_value() == "hush"


SIX, SEVEN, OBJECT = Number(n=6), Number(n=7), object()


def test_the_default_of_the_parameter_lies_below_all_else() -> None:
    @op
    def told(config: Number = SEVEN) -> int:
        return config.n

    @graph_asset
    def plainly():
        return told()

    @graph_asset(config={"told": {"config": {"n": 8}}})
    def graphs():
        return told()

    @config_mapping
    def nothing(outer: Number = SIX) -> dict[str, Any]:
        return {}

    @graph_asset(config=nothing)
    def mapped():
        return told()

    assert list(places(plainly).values()) == [("ops.plainly.ops.told.config", {"n": 7})]
    assert list(places(graphs).values()) == [("ops.graphs.ops.told.config", {"n": 8})]
    assert list(places(mapped).values()) == [("ops.mapped.config", {"n": 6})]
    assert read(mapped, "mapped.told", {"n": 1}).n == 7


def test_a_default_that_cannot_be_told_is_refused() -> None:
    with pytest.raises(treadle.ArgumentError, match="the default of config cannot be told"):

        @op
        def told(config: Any = OBJECT) -> None: ...


def test_an_op_called_by_hand_gets_what_it_is_given() -> None:
    assert number(config=Number(n=5)) == 5

    @op(config_schema={"n": int})
    def older(context) -> int:
        return context.op_config["n"]

    assert older(treadle.build_op_context(op_config={"n": 3})) == 3


def test_steps_are_as_they_were_where_there_is_no_config(bench: Bench) -> None:
    @treadle.asset
    def plain() -> int:
        return 1

    (step,) = Definitions(assets=[plain]).built.snapshot.steps
    assert isinstance(step, Step)
    assert step.config is None


def test_a_mapping_is_made_of_a_function_and_a_schema_as_in_dagster() -> None:
    def times(told: dict[str, Any]) -> dict[str, Any]:
        return {"number": {"config": {"n": told["week"]["days"] * 2}}}

    mapping = treadle.ConfigMapping(config_fn=times, config_schema={"week": {"days": int}})

    @graph(config=mapping)
    def weekly() -> Any:
        return number()

    told = {"config": {"week": {"days": 7}}}
    assert weekly.execute_in_process(run_config=told).output_value() == 14


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("ConfigMapping()", "missing a required argument: 'config_fn'"),
        ("ConfigMapping(3)", "config_fn is 3, and no function"),
        ("ConfigMapping(lambda: {})", "takes 0 arguments"),
        ("ConfigMapping(lambda told: {}, {'n': 3})", "config_schema has 3"),
        ("ConfigMapping(dict, dict, False)", "is not supported yet"),
        (
            "job(name='j', config=ConfigMapping(lambda told: {}, {'n': int}))(lambda: None)",
            "of which none takes any",
        ),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(config: str, told: str) -> None:
    with pytest.raises(treadle.ArgumentError, match=told):
        eval(config, {"ConfigMapping": treadle.ConfigMapping, "job": treadle.job})
