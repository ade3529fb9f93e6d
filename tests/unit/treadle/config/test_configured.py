from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    Config,
    ConfigurableResource,
    DefinitionError,
    EnvVar,
    GraphDefinition,
    IOManager,
    PlanRefused,
    StepFailedError,
    asset,
    config_mapping,
    configured,
    graph,
    io_manager,
    job,
    materialize,
    op,
    resource,
    validate_run_config,
)


class Fetch(Config):
    day: str
    pages: int = 3


class Week(Config):
    number: int


@op
def fetch(config: Fetch) -> tuple[str, int]:
    return config.day, config.pages


@op(config_schema={"size": int})
def sized(context: Any) -> Any:
    return context.op_config["size"]


@config_mapping
def mapped(config: Fetch) -> dict[str, Any]:
    return {"fetch": {"config": {"day": config.day, "pages": config.pages}}}


@graph(config=mapped)
def fetching() -> Any:
    return fetch()


@graph
def plain() -> Any:
    return fetch()


def of(node: Any, config: Any = None) -> Any:
    """Return what a node gives in a job of its own, which is told this config of it."""

    @job
    def only() -> None:
        node()

    told = None if config is None else {"ops": {node.name: {"config": config}}}
    return only.execute_in_process(told, raise_on_error=True).output_for_node(node.name)


def test_an_op_is_told_once_and_for_all() -> None:
    monday = fetch.configured({"day": "monday"}, name="monday", description="Mondays.")

    assert (monday.name, monday.description, fetch.name) == ("monday", "Mondays.", "fetch")
    assert of(monday) == ("monday", 3)


def test_a_run_may_lay_its_own_over_it() -> None:
    assert of(fetch.configured({"day": "monday"}), {"pages": 1}) == ("monday", 1)


def test_an_op_is_told_by_a_function_of_a_config_of_its_own() -> None:
    @configured(fetch)
    def week(config: Week) -> Mapping[str, Any]:
        return {"day": f"week {config.number}"}

    assert week.name == "week"
    assert of(week, {"number": 7}) == ("week 7", 3)


def test_a_function_takes_plain_data_of_a_schema() -> None:
    doubled = configured(sized, config_schema={"half": int}, name="doubled")(
        lambda config: {"size": config["half"] * 2}
    )

    assert of(doubled, {"half": 4}) == 8


def test_what_is_told_by_a_function_is_told_by_another() -> None:
    week = fetch.configured(lambda config: {"day": config["name"]}, "week", {"name": str})
    first = week.configured({"name": "first"}, name="first")
    numbered = week.configured(lambda number: {"name": str(number)}, "numbered", int)

    assert of(first) == ("first", 3)
    assert of(numbered, 5) == ("5", 3)


def test_a_function_may_name_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAY_OF_FETCH", "friday")
    named = fetch.configured(lambda _: {"day": EnvVar("DAY_OF_FETCH")}, "named", int)

    assert of(named, 1) == ("friday", 3)


def test_a_graph_that_maps_its_config_is_told() -> None:
    monday = fetching.configured({"day": "monday"}, name="monday")
    week = fetching.configured(lambda config: {"day": config["w"]}, "week", {"w": str})

    assert of(monday) == ("monday", 3)
    assert of(week, {"w": "seven"}) == ("seven", 3)


def test_a_graph_without_config_of_its_own_is_told_for_its_ops() -> None:
    monday = plain.configured({"fetch": {"config": {"day": "monday"}}}, name="monday")

    assert isinstance(monday, GraphDefinition)
    assert of(monday) == ("monday", 3)


def test_resources_and_managers_are_told() -> None:
    @resource(config_schema={"path": str})
    def store(context: Any) -> str:
        return str(context.resource_config["path"])

    class Kept(IOManager):
        def __init__(self, kept: str) -> None:
            self.kept = kept

        def handle_output(self, context: Any, obj: Any) -> None:
            context.add_output_metadata({"kept": self.kept})

        def load_input(self, context: Any) -> Any:
            raise NotImplementedError

    @io_manager(config_schema={"where": str})
    def keeper(context: Any) -> IOManager:
        return Kept(context.resource_config["where"])

    @asset(required_resource_keys={"one", "other"}, io_manager_key="keeper")
    def used(context: Any) -> str:
        return f"{context.resources.one} {context.resources.other}"

    result = materialize(
        [used],
        resources={
            "one": configured(store)({"path": "here"}),
            "other": store.configured(lambda number: {"path": f"at {number}"}, int),
            "keeper": configured(keeper)({"where": "cellar"}),
        },
        run_config={"resources": {"other": {"config": 3}}},
    )

    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["kept"].value == "cellar"
    assert result.output_for_node("used") == "here at 3"


def test_a_plan_refuses_what_the_function_cannot_take() -> None:
    week = fetch.configured(lambda config: {"day": config["w"]}, "week", {"w": str})

    @job
    def only() -> None:
        week()

    with pytest.raises(PlanRefused, match="expected text"):
        validate_run_config(only, {"ops": {"week": {"config": {"w": 1}}}})


def test_what_the_function_gives_wrongly_fails_the_step_and_names_it() -> None:
    @configured(fetch)
    def wrong(config: Week) -> Mapping[str, Any]:
        return {"date": config.number}

    with pytest.raises((StepFailedError, ValueError), match="wrong returned what cannot be told"):
        of(wrong, {"number": 1})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: configured(3), "is no op, graph or resource"),
        (lambda: configured(ConfigurableResource), "A class of resources is made with its config"),
        (lambda: fetch.configured({"dya": "monday"}), "Did you mean 'day'"),
        (lambda: fetch.configured(lambda: 1), "takes 0 arguments"),
        (lambda: fetch.configured(dict), "is no function"),
        (lambda: fetch.configured({"day": "m"}, name="a b"), "is not a valid name"),
        (lambda: plain.configured(lambda config: config), "Give the graph a mapping"),
        (lambda: plain.configured({"fech": {}}), "Did you mean 'fetch'"),
    ],
)
def test_what_cannot_be_told_is_refused_at_its_line(make: Any, words: str) -> None:
    with pytest.raises(DefinitionError, match=words) as refused:
        make()

    assert __file__ in str(refused.value)


def test_an_op_without_config_is_told_nothing() -> None:
    @op
    def bare() -> None: ...

    with pytest.raises(ArgumentError, match="takes no config"):
        bare.configured({})
