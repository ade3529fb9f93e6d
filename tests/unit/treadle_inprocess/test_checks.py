"""Checks as they run: what is evaluated, what a result may be, what blocking keeps from running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from treadle import (
    AssetCheckExecutionContext,
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetIn,
    AssetOut,
    AssetSelection,
    AssetSpec,
    Config,
    HookContext,
    In,
    MaterializeResult,
    Nothing,
    Out,
    Output,
    PlanRefused,
    RetryPolicy,
    RunConfig,
    StepFailedError,
    asset,
    asset_check,
    build_asset_check_context,
    failure_hook,
    graph_asset,
    graph_multi_asset,
    materialize,
    multi_asset,
    multi_asset_check,
    op,
    success_hook,
)

RUNS: list[str] = []


@pytest.fixture(autouse=True)
def _no_runs() -> None:
    RUNS.clear()


def spec(of: str, name: str = "rows", **said: Any) -> AssetCheckSpec:
    return AssetCheckSpec(name, asset=of, **said)


def told(result: Any) -> dict[str, bool]:
    return {each.asset_check_key.text: each.passed for each in result.get_asset_check_evaluations()}


def states(result: Any) -> dict[str, str]:
    return {key: str(state) for key, state in result.step_states.items()}


@asset
def numbers() -> list[int]:
    return [1, 2, 3]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset_check(asset=numbers)
def not_empty(numbers: list[int]) -> AssetCheckResult:
    return AssetCheckResult(passed=bool(numbers), metadata={"count": len(numbers)})


def test_a_check_is_a_step_that_reads_its_asset():
    result = materialize([numbers, not_empty])

    (only,) = result.get_asset_check_evaluations()
    assert only.step_key == "numbers_not_empty"
    assert only.asset_check_key == AssetCheckKey("numbers", "not_empty")
    assert (only.passed, only.blocking, only.severity) == (True, False, AssetCheckSeverity.ERROR)
    assert only.metadata == {"count": 3}


def test_a_check_that_does_not_hold_is_data():
    @asset_check(asset=numbers)
    def few(numbers):
        return AssetCheckResult(passed=False, severity=AssetCheckSeverity.WARN, description="Many.")

    result = materialize([numbers, total, few])

    assert result.success
    (only,) = result.get_asset_check_evaluations()
    assert (only.passed, only.severity, only.description) == (
        False,
        AssetCheckSeverity.WARN,
        "Many.",
    )


def yielded() -> Iterator[Any]:
    yield Output(1)
    yield AssetCheckResult(passed=True)


def with_asset() -> MaterializeResult[int]:
    return MaterializeResult(value=1, check_results=[AssetCheckResult(passed=True)])


def as_tuple() -> tuple[int, AssetCheckResult]:
    return 1, AssetCheckResult(passed=True, check_name="rows")


async def awaited() -> MaterializeResult[int]:
    return MaterializeResult(
        value=1, check_results=[AssetCheckResult(passed=True, asset_key="a", check_name="rows")]
    )


@pytest.mark.parametrize("function", [yielded, with_asset, as_tuple, awaited])
def test_an_asset_gives_the_results_of_its_checks(function: Callable[[], object]) -> None:
    a = asset(name="a", check_specs=[spec("a")])(function)

    result = materialize([a])

    assert told(result) == {"a:rows": True}
    assert result.asset_value("a") == 1


def nothing_said() -> object:
    return 1


def twice() -> Iterator[object]:
    yield from yielded()
    yield AssetCheckResult(passed=True)


def other_name() -> Iterator[object]:
    yield Output(1)
    yield AssetCheckResult(passed=True, check_name="row")


def other_asset() -> Iterator[object]:
    yield Output(1)
    yield AssetCheckResult(passed=True, asset_key="b")


def no_result() -> Iterator[object]:
    yield Output(1)
    yield Output(True, "a_rows")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (nothing_said, "ended without a result of the check 'a:rows'"),
        (twice, "yielded output 'a_rows' twice"),
        (other_name, "an AssetCheckResult of ?:row, which it does not evaluate"),
        (other_asset, "an AssetCheckResult of b:?, which it does not evaluate"),
        (no_result, "the check 'a:rows' was given as a bool, which is no result"),
    ],
)
def test_a_result_that_is_not_the_promised_one_fails_the_step(
    function: Callable[[], object], message: str
) -> None:
    a = asset(name="a", check_specs=[spec("a")])(function)

    result = materialize([a], raise_on_error=False)

    assert message in result.failures["a"].message
    assert result.asset_materializations == ()


def test_a_result_without_a_check_fails_the_step():
    @op
    def gives() -> object:
        return AssetCheckResult(passed=True)

    @graph_asset
    def g():
        return gives()

    result = materialize([g], raise_on_error=False)

    assert "evaluates no check" in result.failures["g.gives"].message


def test_several_checks_need_their_names():
    @multi_asset_check(specs=[spec("numbers", "x"), spec("numbers", "y")])
    def both():
        yield AssetCheckResult(passed=True)

    result = materialize([numbers, both], raise_on_error=False)

    assert "may be of 'numbers:x', 'numbers:y'" in result.failures["both"].message


def test_a_blocking_check_keeps_what_is_below_from_running():
    @asset_check(asset=numbers, blocking=True)
    def few(numbers):
        return AssetCheckResult(passed=len(numbers) < 3)

    result = materialize([numbers, total, few, not_empty], raise_on_error=False)

    assert states(result) == {
        "numbers": "succeeded",
        "numbers_few": "failed",
        "numbers_not_empty": "succeeded",
        "total": "not_run",
    }
    assert told(result) == {"numbers:few": False, "numbers:not_empty": True}
    (not_run,) = (each.payload for each in result.all_events if each.kind == "step_not_run")
    assert (not_run.upstream_step_key, not_run.check) == ("numbers_few", "numbers:few")
    assert "The blocking check numbers:few did not hold" in result.failures["numbers_few"].message


def test_a_blocking_check_that_only_warns_does_not_block():
    @asset_check(asset=numbers, blocking=True)
    def few():
        return AssetCheckResult(passed=False, severity=AssetCheckSeverity.WARN)

    result = materialize([numbers, total, few])

    assert result.asset_value("total") == 6


def test_an_asset_that_its_own_blocking_check_refuses_is_made_and_is_not_tried_again():
    @asset(
        check_specs=[spec("a", blocking=True), spec("a", "other")],
        retry_policy=RetryPolicy(max_retries=3),
    )
    def a():
        RUNS.append("a")
        yield Output(1, metadata={"n": 1})
        yield AssetCheckResult(passed=True, check_name="other")
        yield AssetCheckResult(passed=False, check_name="rows", description="Too few.")

    @asset
    def b(a):
        return a

    result = materialize([a, b], raise_on_error=False)

    assert RUNS == ["a"]
    assert states(result) == {"a": "failed", "b": "not_run"}
    assert result.asset_value("a") == 1
    assert told(result) == {"a:rows": False, "a:other": True}
    assert "a:rows (Too few.)" in result.failures["a"].message
    with pytest.raises(StepFailedError, match="did not hold"):
        result.raise_for_failure()


def test_what_blocking_refused_is_stored_for_the_next_run(tmp_path):
    @asset(check_specs=[spec("a", blocking=True)])
    def a():
        yield Output(41)
        yield AssetCheckResult(passed=False)

    @asset
    def b(a):
        return a + 1

    materialize([a, b], instance=tmp_path, raise_on_error=False)

    result = materialize([a, b], instance=tmp_path, selection="b")

    assert result.asset_value("b") == 42


@op
def three() -> int:
    RUNS.append("three")
    return 3


@op
def is_three(value) -> AssetCheckResult:
    RUNS.append("is_three")
    return AssetCheckResult(passed=value == 3)


@graph_asset(check_specs=[spec("g", blocking=True)])
def g():
    value = three()
    return {"result": value, "g_rows": is_three(value)}


@asset
def below(g) -> int:
    return g + 1


def test_an_op_of_a_graph_checks_before_what_reads_the_asset():
    result = materialize([g, below])

    assert list(result.step_states) == ["g.three", "g.is_three", "below"]
    assert told(result) == {"g:rows": True}


def test_an_asset_without_its_checks_runs_no_op_for_them():
    result = materialize([g, below], selection="without_checks(g) or below")

    assert RUNS == ["three"]
    assert told(result) == {}
    assert result.asset_value("below") == 4


def test_the_check_of_a_graph_alone_reads_what_is_stored(tmp_path):
    materialize([g], instance=tmp_path)
    RUNS.clear()

    result = materialize([g], instance=tmp_path, selection="checks(g)")

    assert RUNS == ["is_three"]
    assert told(result) == {"g:rows": True}
    assert result.asset_materializations == ()


def test_checks_of_a_graph_that_may_be_subset_go_with_their_assets():
    @op(out={"x": Out(is_required=False), "y": Out(is_required=False)})
    def parts(context):
        for name in sorted(context.selected_output_names):
            yield Output(1, name)

    @graph_multi_asset(
        outs={"x": AssetOut(), "y": AssetOut()},
        check_specs=[spec("x"), spec("y")],
        can_subset=True,
    )
    def both():
        x, y = parts()
        return {"x": x, "y": y, "x_rows": is_three(x), "y_rows": is_three.alias("other")(y)}

    result = materialize([both], selection="x")

    assert states(result) == {"both.parts": "succeeded", "both.is_three": "succeeded"}
    assert told(result) == {"x:rows": False}


def test_a_result_of_a_check_that_is_not_selected_is_dropped():
    @asset(check_specs=[spec("a", blocking=True)])
    def a():
        yield Output(1)
        yield AssetCheckResult(passed=False)

    result = materialize([a], selection=AssetSelection.assets("a").without_checks())

    assert result.success
    assert told(result) == {}
    kinds = [each.kind for each in result.all_events]
    assert "output_discarded" in kinds


def test_what_an_asset_checks_itself_is_not_asked_for_without_it():
    @asset(check_specs=[spec("a")])
    def a():
        yield from yielded()

    with pytest.raises(PlanRefused, match="check:a:rows' was asked for without 'a'"):
        materialize([a], selection=AssetSelection.checks(AssetCheckKey("a", "rows")))


def test_several_checks_say_which_are_selected():
    @multi_asset(
        outs={"x": AssetOut(is_required=False), "y": AssetOut(is_required=False)},
        check_specs=[spec("x"), spec("y")],
        can_subset=True,
    )
    def both(context: AssetExecutionContext):
        assert {key.text for key in context.selected_asset_keys} == {"x"}
        assert context.selected_asset_check_keys == {AssetCheckKey("x", "rows")}
        yield Output(1, "x")
        yield AssetCheckResult(passed=True, asset_key="x")

    result = materialize([both], selection="x")

    assert told(result) == {"x:rows": True}


def test_checks_of_several_assets_are_one_step():
    @multi_asset_check(
        specs=[spec("numbers", "few"), spec("total", "small", blocking=True)], can_subset=True
    )
    def both(context: AssetCheckExecutionContext, numbers, total):
        for key in sorted(context.selected_asset_check_keys):
            yield AssetCheckResult(passed=total < 10, asset_key=key.asset_key, check_name=key.name)

    result = materialize([numbers, total, both])
    assert told(result) == {"numbers:few": True, "total:small": True}

    result = materialize([numbers, total, both], selection="numbers or total or check:total")
    assert told(result) == {"numbers:few": True, "total:small": True}


def test_all_that_a_check_may_take():
    class Limits(Config):
        most: int

    @asset_check(
        asset=numbers,
        additional_ins={"sum_": AssetIn("total")},
        additional_deps=["total2"],
        required_resource_keys={"db"},
        resource_defs={"db": {"rows": 3}},
        retry_policy=RetryPolicy(max_retries=1),
        compute_kind="sql",
        op_tags={"team": "x"},
        metadata={"n": 1},
    )
    def all_of_it(context: AssetCheckExecutionContext, config: Limits, values, sum_):
        RUNS.append("check")
        assert context.asset_check_spec.metadata == {"n": 1}
        assert context.resources.db == {"rows": 3}
        if len(RUNS) == 1:
            raise ValueError("once")
        return AssetCheckResult(passed=sum_ <= config.most, metadata={"seen": len(values)})

    @asset
    def total2(numbers):
        return 0

    result = materialize(
        [numbers, total, total2, all_of_it],
        run_config=RunConfig(ops={"numbers_all_of_it": Limits(most=6)}),
    )

    (only,) = result.get_asset_check_evaluations()
    assert (only.passed, only.metadata) == (True, {"seen": 3})
    assert RUNS == ["check", "check"]


def test_a_check_of_an_asset_that_is_made_elsewhere_runs():
    ext = AssetSpec("ext")

    @asset_check(asset=ext)
    def fresh():
        return AssetCheckResult(passed=True)

    result = materialize([ext, numbers, fresh])
    assert told(result) == {"ext:fresh": True}

    result = materialize([ext, numbers, fresh], selection="checks(ext)")
    assert states(result) == {"ext_fresh": "succeeded"}


def test_a_check_is_not_evaluated_of_an_asset_that_was_left_out():
    @asset(output_required=False, check_specs=[spec("a", "own")])
    def a():
        if RUNS:
            yield Output(1)

    @asset_check(asset=a)
    def other(a):
        return AssetCheckResult(passed=True)

    result = materialize([a, other])

    assert states(result) == {"a": "succeeded", "a_other": "skipped"}
    assert told(result) == {}


def test_blocking_holds_in_one_process_too():
    @asset_check(asset=g, blocking=True)
    def never(g):
        return AssetCheckResult(passed=False)

    result = materialize([g, never, below], isolation="run", raise_on_error=False)

    assert states(result)["below"] == "not_run"
    assert told(result) == {"g:rows": True, "g:never": False}


def test_an_effect_in_a_graph_is_no_check():
    @op(ins={"start": In(Nothing)})
    def notify() -> None:
        RUNS.append("notify")

    @graph_asset(check_specs=[spec("h", blocking=True)])
    def h():
        value = three()
        notify(start=value)
        return {"result": value, "h_rows": is_three(value)}

    materialize([h], selection="without_checks(h)")

    assert sorted(RUNS) == ["notify", "three"]


def test_a_check_is_called_as_a_function():
    assert not_empty([1]).passed


def test_one_of_the_assets_that_a_function_checks_is_selected_alone():
    @multi_asset_check(specs=[spec("numbers", "few"), spec("total", "small")])
    def both():
        yield AssetCheckResult(passed=True, asset_key="numbers")
        yield AssetCheckResult(passed=True, asset_key="total")

    result = materialize([numbers, total, both], selection="numbers")

    assert told(result) == {"numbers:few": True}


def test_hooks_hear_of_a_blocking_check_once():
    @failure_hook
    def failed(context: HookContext):
        RUNS.append(str(context.op_exception))

    @success_hook
    def succeeded(context: HookContext):
        RUNS.append("succeeded")

    @asset(
        check_specs=[spec("a", blocking=True)],
        hooks={failed, succeeded},
        retry_policy=RetryPolicy(max_retries=2),
    )
    def a():
        yield Output(1)
        yield AssetCheckResult(passed=False)

    materialize([a], raise_on_error=False)

    (said,) = RUNS
    assert "a:rows did not hold" in said


def test_a_context_for_a_check_is_built_as_for_an_asset():
    @multi_asset_check(specs=[spec("numbers", "x"), spec("numbers", "y")], can_subset=True)
    def both(context: AssetCheckExecutionContext):
        for key in context.selected_asset_check_keys:
            yield AssetCheckResult(passed=True, check_name=key.name)

    context = build_asset_check_context(selected_asset_check_keys={AssetCheckKey("numbers", "y")})

    assert [each.check_name for each in both(context)] == ["y"]
    assert sorted(each.check_name for each in both(build_asset_check_context())) == ["x", "y"]


def test_results_that_come_with_an_asset_are_of_its_checks():
    @multi_asset(
        specs=[AssetSpec("x"), AssetSpec("y")], check_specs=[spec("x", "one"), spec("y", "one")]
    )
    def both():
        yield MaterializeResult(asset_key="y", check_results=[AssetCheckResult(passed=False)])
        yield MaterializeResult(asset_key="x", check_results=[AssetCheckResult(passed=True)])

    assert told(materialize([both])) == {"x:one": True, "y:one": False}


def test_what_a_check_adds_to_its_output_is_told_with_its_result():
    @asset_check(asset=numbers)
    def few(context):
        context.add_output_metadata({"added": 1})
        return AssetCheckResult(passed=True, metadata={"given": 2})

    (only,) = materialize([numbers, few]).get_asset_check_evaluations()

    assert only.metadata == {"added": 1, "given": 2}


def test_checks_of_what_has_none_cannot_be_selected():
    with pytest.raises(PlanRefused, match="None of these assets has a check"):
        materialize([numbers], selection="checks(numbers)")
