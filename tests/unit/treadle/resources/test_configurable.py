"""Classes of settings: what ops get of them, what is refused where it is written."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

import treadle
from treadle import (
    AssetsDefinition,
    ConfigurableIOManager,
    ConfigurableIOManagerFactory,
    ConfigurableResource,
    ConfigurableResourceFactory,
    Definitions,
    EnvVar,
    ResourceDependency,
    ResourceParam,
    asset,
)


class Inner(ConfigurableResource):
    url: str
    is_up: bool = False

    def setup_for_execution(self, context: treadle.InitResourceContext) -> None:
        object.__setattr__(self, "is_up", True)


class Outer(ConfigurableResource):
    inner: Inner
    token: SecretStr = SecretStr("")
    words: tuple[str, ...] = ("a",)


class Client:
    pass


class Clients(ConfigurableResourceFactory[Client]):
    def create_resource(self, context: treadle.InitResourceContext) -> Client:
        return Client()


class Uses(ConfigurableResource):
    client: ResourceDependency[Client]


class Store(ConfigurableIOManager):
    def handle_output(self, context: Any, obj: Any) -> None: ...

    def load_input(self, context: Any) -> Any: ...


def of(block: AssetsDefinition, **resources: Any) -> Definitions:
    return Definitions(assets=[block], resources=resources)


def test_it_is_set_up_with_what_variables_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_TEST_URL", "there")
    outer = Outer(inner=Inner(url=EnvVar("TREADLE_TEST_URL")), words=(EnvVar("TREADLE_TEST_URL"),))

    made = outer.process_config_and_initialize()

    assert (made.inner.url, made.inner.is_up, made.words) == ("there", True, ("there",))
    assert outer.inner.is_up is False


def test_a_variable_is_of_the_fields_type(monkeypatch: pytest.MonkeyPatch) -> None:
    class Typed(ConfigurableResource):
        n: int

    monkeypatch.setenv("TREADLE_TEST_N", "5")
    assert Typed(n=EnvVar.int("TREADLE_TEST_N")).process_config_and_initialize().n == 5
    monkeypatch.setenv("TREADLE_TEST_N", "five")
    with pytest.raises(ValidationError):
        Typed(n=EnvVar.int("TREADLE_TEST_N")).process_config_and_initialize()


def test_a_dependency_is_what_a_factory_makes() -> None:
    made = Uses(client=Clients()).process_config_and_initialize()  # type: ignore[arg-type]

    assert isinstance(made.client, Client)


def test_where_config_stands_leaves_out_resources_and_what_is_given() -> None:
    place = Outer(inner=Inner(url="x"), token=SecretStr("hush")).place_in_config("it")

    assert place is not None
    assert place.path == ("resources", "it", "config")
    assert place.given == {"words": ("a",)}
    assert "hush" not in place.json_schema
    assert "inner" not in place.json_schema
    assert Clients().place_in_config("it") is None


class Stores(ConfigurableIOManagerFactory[Store]):
    def create_io_manager(self, context: treadle.InitResourceContext) -> Store:
        return Store()


def test_a_factory_of_io_managers_gives_what_it_makes() -> None:
    defs = of(stored, store=Stores())

    with Stores().open_in_step(treadle.InitResourceContext(), None) as made:
        assert isinstance(made, Store)
    assert not defs.built.snapshot.steps[0].outputs[0].manager_builtin


def test_a_factory_that_makes_nothing_is_no_factory() -> None:
    class Unfinished(ConfigurableIOManagerFactory[Store]):
        pass

    with pytest.raises(TypeError, match="create_io_manager"):
        Unfinished()  # type: ignore[abstract]


def test_what_is_left_open_must_be_told() -> None:
    place = Inner.configure_at_launch(is_up=True).place_in_config("it")

    assert place is not None
    assert '"required":["url"]' in place.json_schema
    with pytest.raises(treadle.ArgumentError, match="'ulr', which is no field"):
        Inner.configure_at_launch(ulr="x")


@asset
def takes_inner(inner: Inner) -> None: ...


@asset
def takes_client(client: ResourceParam[Client]) -> None: ...


@asset(io_manager_key="store")
def stored() -> int:
    return 1


def test_what_fits_is_taken() -> None:
    of(takes_inner, inner=Inner(url="x"))
    of(takes_inner, inner=Inner.configure_at_launch())
    of(takes_client, client=Clients())
    of(takes_client, client=Client())
    of(stored, store=Store())
    of(stored, store=treadle.io_manager(lambda context: Store()))


@pytest.mark.parametrize(
    ("block", "resources", "words"),
    [
        (
            takes_inner,
            {"inner": Outer(inner=Inner(url="x"))},
            "asks for the resource 'inner' as an Inner",
        ),
        (takes_inner, {"inner": Inner}, "Give an instance: Inner()"),
        (takes_inner, {}, "asks for the resource 'inner', which Definitions does not have"),
        (takes_client, {"client": Inner(url="x")}, "asks for the resource 'client' as a Client"),
        (stored, {"store": Inner(url="x")}, "uses the resource 'store' as its IO manager"),
        (
            stored,
            {"store": Outer.configure_at_launch()},
            "uses the resource 'store' as its IO manager",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    block: AssetsDefinition, resources: dict[str, Any], words: str
) -> None:
    with pytest.raises(
        treadle.DefinitionError, match=words.replace("(", r"\(").replace(")", r"\)")
    ):
        of(block, **resources)


def test_a_block_brings_resources_and_they_must_not_clash() -> None:
    one, other = Client(), Client()

    @asset(required_resource_keys={"mine"}, resource_defs={"mine": one})
    def brings(context) -> None: ...

    assert of(brings).built.resources["mine"] is one
    assert of(brings, mine=one).built.resources["mine"] is one
    with pytest.raises(treadle.ConflictError, match="brings a resource 'mine'"):
        of(brings, mine=other)


def test_a_manager_of_an_assets_own_is_one_of_two_ways() -> None:
    with pytest.raises(treadle.ConflictError, match="has io_manager_def and io_manager_key"):

        @asset(io_manager_def=Store(), io_manager_key="store")
        def both() -> None: ...


def test_a_function_makes_one_with_config_or_without() -> None:
    assert treadle.ResourceDefinition.hardcoded_resource(5).fn(None) == 5
    assert treadle.ResourceDefinition.none_resource().fn(None) is None
    context = treadle.build_init_resource_context({"n": 1}, {"a": 2})
    assert (context.resource_config, context.resources.a) == ({"n": 1}, 2)
    with pytest.raises(treadle.ArgumentError, match="takes no config"):
        treadle.resource(lambda context: 1).configured({"n": 1})
