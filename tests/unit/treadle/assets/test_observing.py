from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    AssetSpec,
    ConflictError,
    DataVersion,
    DefinitionError,
    Definitions,
    DuplicateError,
    IOManager,
    ObserveResult,
    PlanRefused,
    SourceAsset,
    StepFailedError,
    asset,
    build_op_context,
    define_asset_job,
    load_assets_from_modules,
    map_asset_specs,
    materialize,
    multi_observable_source_asset,
    observable_source_asset,
    observe,
)
from treadle.locations.location import build_location


@observable_source_asset
def prices() -> DataVersion:
    """What is sent."""
    return DataVersion("v1")


@multi_observable_source_asset(
    specs=[AssetSpec("stock"), AssetSpec("demand", skippable=True)], can_subset=True
)
def warehouse(context: Any) -> Iterator[ObserveResult]:
    for key in sorted(context.selected_asset_keys):
        yield ObserveResult(asset_key=key, metadata={"rows": 3})


@asset(deps=[prices])
def report() -> int:
    return 1


def seen(result: Any) -> dict[str, dict[str, Any]]:
    return {
        event.payload.asset_key: {each.name: each.value for each in event.payload.metadata}
        for event in result.get_asset_observation_events()
    }


def made(result: Any) -> set[str]:
    return {event.asset_key.text for event in result.get_asset_materialization_events()}


def test_an_asset_that_is_looked_at_is_one_of_elsewhere_with_its_docstring() -> None:
    assert isinstance(prices, SourceAsset)
    assert (prices.key, prices.description) == (AssetKey("prices"), "What is sent.")
    assert prices.is_observable


def test_the_function_is_called_as_it_is() -> None:
    assert prices() == DataVersion("v1")
    context = build_op_context()

    assert [each.asset_key.text for each in warehouse(context)] == ["demand", "stock"]


@pytest.mark.parametrize(
    ("selection", "observed", "is_made"),
    [
        (None, set(), True),
        ("*", set(), True),
        ("+report", set(), True),
        ("group:default", set(), True),
        ("prices", {"prices"}, False),
        ("block:warehouse", {"stock", "demand"}, False),
        ("stock or report", {"stock"}, True),
        (["prices", "report"], {"prices"}, True),
    ],
)
def test_it_is_looked_at_where_the_selection_names_it(
    selection: Any, observed: set[str], is_made: bool
) -> None:
    result = materialize([prices, warehouse, report], selection=selection)

    assert set(seen(result)) == observed
    assert made(result) == ({"report"} if is_made else set())


def test_what_was_found_is_told_with_the_version() -> None:
    assert seen(observe([prices])) == {"prices": {"dagster/data_version": "v1"}}


@pytest.mark.parametrize("fails", [True, False])
def test_what_reads_it_waits_for_the_observation(fails: bool) -> None:
    order: list[str] = []

    @observable_source_asset
    def far() -> DataVersion:
        order.append("far")
        if fails:
            raise ValueError("nobody is there")
        return DataVersion("1")

    @asset(deps=[far])
    def a_reader() -> None:
        order.append("a_reader")

    result = materialize([far, a_reader], selection="a_reader or far", raise_on_error=False)

    assert order == (["far"] if fails else ["far", "a_reader"])
    assert result.success is not fails


def test_what_reads_it_loads_it_by_its_manager() -> None:
    class Fixed(IOManager):
        def handle_output(self, context: Any, obj: Any) -> None:
            raise NotImplementedError

        def load_input(self, context: Any) -> Any:
            return 41

    @observable_source_asset(io_manager_def=Fixed())
    def far() -> DataVersion:
        return DataVersion("1")

    @asset
    def reader(far: int) -> int:
        return far + 1

    result = materialize([far, reader], selection="reader or far")

    assert result.asset_value("reader") == 42


def test_checks_are_evaluated_with_it() -> None:
    @multi_observable_source_asset(
        specs=[AssetSpec("m")], check_specs=[AssetCheckSpec("full", asset="m")]
    )
    def looks() -> ObserveResult:
        return ObserveResult(check_results=[AssetCheckResult(passed=True)])

    result = observe([looks])

    (check,) = result.get_asset_check_evaluations()
    assert (check.asset_key.text, check.check_name, check.passed) == ("m", "full", True)


@pytest.mark.parametrize("given", [5, None, "v1"])
def test_what_is_no_observation_fails_the_step(given: Any) -> None:
    @observable_source_asset
    def far():
        return given

    with pytest.raises(StepFailedError, match=r"observes 'far'.*Return DataVersion"):
        observe([far])


def test_an_observation_of_what_is_made_here_fails_the_step() -> None:
    @asset
    def mine():
        return ObserveResult()

    with pytest.raises(StepFailedError, match="MaterializeResult"):
        materialize([mine])


def test_one_that_must_be_looked_at_and_was_not_fails_the_step() -> None:
    @multi_observable_source_asset(specs=[AssetSpec("a"), AssetSpec("b")])
    def looks():
        yield ObserveResult(asset_key="a")

    with pytest.raises(StepFailedError, match="without an observation of 'b'"):
        observe([looks])
    with pytest.raises(PlanRefused, match="observed whole or not at all"):
        materialize([looks], selection="a")


def test_one_that_is_not_the_functions_fails_the_step() -> None:
    @multi_observable_source_asset(specs=[AssetSpec("north"), AssetSpec("south")])
    def looks():
        yield ObserveResult(asset_key="nort")

    with pytest.raises(
        StepFailedError, match=r"of 'nort', which it does not observe.*Did you mean"
    ):
        observe([looks])


def test_nothing_looks_at_what_is_made_here() -> None:
    with pytest.raises(ArgumentError, match="'report', which no function looks at"):
        observe([report])


def test_a_job_names_it() -> None:
    job = define_asset_job("look", selection=[prices.key, "stock"])
    defs = Definitions([prices, warehouse, report], jobs=[job])

    result = defs.get_job_def("look").execute_in_process()

    assert set(seen(result)) == {"prices", "stock"}


def test_a_job_of_a_part_of_what_is_observed_together_is_refused() -> None:
    @multi_observable_source_asset(specs=[AssetSpec("a"), AssetSpec("b")])
    def looks():
        yield ObserveResult(asset_key="a")

    with pytest.raises(ConflictError, match="observed whole or not at all: 'b' missing"):
        Definitions([looks], jobs=[define_asset_job("look", selection="a")])


def test_two_functions_for_one_asset_are_refused() -> None:
    @observable_source_asset(key="prices")
    def others() -> DataVersion:
        return DataVersion("2")

    with pytest.raises(DuplicateError, match="'prices'"):
        Definitions([prices, others])


def test_what_another_target_makes_is_not_observed() -> None:
    @asset(name="prices")
    def maker() -> int:
        return 1

    with pytest.raises(DuplicateError, match="makes it, too"):
        build_location([("a.py", Definitions([prices])), ("b.py", Definitions([maker]))])


def test_the_older_form_takes_the_function() -> None:
    far = SourceAsset("far", observe_fn=lambda: DataVersion("3"))

    assert seen(observe([far])) == {"far": {"dagster/data_version": "3"}}
    with pytest.raises(ArgumentError, match="op_tags"):
        SourceAsset("far", op_tags={"a": "b"})
    with pytest.raises(ArgumentError, match="no function looks at it"):
        SourceAsset("far")()


def test_another_key_takes_its_function_along() -> None:
    (renamed,) = (prices.replace_attributes(key=["feeds", "prices"]),)

    assert set(seen(observe([renamed]))) == {"feeds/prices"}


def test_a_key_of_several_stays() -> None:
    with pytest.raises(ConflictError, match="looks at other assets, too"):
        warehouse.specs[0].replace_attributes(key="other")


def test_other_words_keep_its_function() -> None:
    mapped = map_asset_specs(lambda spec: spec.replace_attributes(group_name="g"), [prices])

    assert set(seen(observe(mapped))) == {"prices"}


def test_modules_are_searched_for_them() -> None:
    module = ModuleType("feeds")
    vars(module).update(prices=prices, warehouse=warehouse, report=report)

    found = load_assets_from_modules([module])

    assert {key for each in found for key in getattr(each, "keys", [None])} >= {report.key}
    result = materialize(found, selection="stock or prices")
    assert set(seen(result)) == {"stock", "prices"}


def test_definitions_that_are_joined_keep_them() -> None:
    joined = Definitions.merge(Definitions([prices, report]), Definitions([warehouse]))

    assert {key.text for key in joined.contents.keys} == {"prices", "stock", "demand", "report"}
    snapshot = build_location([("", joined)]).snapshot
    assert {each.key: each.observed_by for each in snapshot.assets} == {
        "prices": "prices",
        "stock": "warehouse",
        "demand": "warehouse",
        "report": "",
    }


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: multi_observable_source_asset(specs=[])(warehouse.observer.op.fn), "no asset"),
        (lambda: observable_source_asset(name="a", key="b")(prices.observer.op.fn), "key"),
        (lambda: observable_source_asset(partitions_def=3)(prices.observer.op.fn), "partitions"),
        (
            lambda: multi_observable_source_asset(
                specs=[AssetSpec("a")], check_specs=[AssetCheckSpec("c", asset="b")]
            )(prices.observer.op.fn),
            "'b', which is not made here",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(wrong: Any, words: str) -> None:
    with pytest.raises(DefinitionError, match=words) as refused:
        wrong()

    assert __file__ in str(refused.value)


def test_another_return_annotation_is_refused() -> None:
    with pytest.raises(ArgumentError, match="is annotated to return int"):

        @observable_source_asset
        def far() -> int:
            return 1
