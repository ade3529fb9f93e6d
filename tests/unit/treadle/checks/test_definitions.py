"""Checks as they are defined: what each decorator makes of them, and what is refused at its line."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from treadle import (
    ArgumentError,
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    AssetKey,
    AssetOut,
    AssetsDefinition,
    AssetSelection,
    AssetSpec,
    ConflictError,
    DefinitionError,
    Definitions,
    DuplicateError,
    GraphOut,
    InvalidNameError,
    MissingError,
    Out,
    Output,
    asset,
    asset_check,
    define_asset_job,
    graph,
    graph_asset,
    graph_multi_asset,
    load_asset_checks_from_modules,
    load_assets_from_modules,
    multi_asset,
    multi_asset_check,
    op,
)


@op
def one():
    return 1


@op
def holds(value) -> AssetCheckResult:
    return AssetCheckResult(passed=value == 1)


def rows(of: str, **said) -> AssetCheckSpec:
    return AssetCheckSpec("rows", asset=of, **said)


@asset
def plain():
    return 1


def test_a_check_has_the_key_of_its_asset_and_its_name():
    spec = AssetCheckSpec("rows", asset=["a", "b-c"], description="Enough.", metadata={"n": 1})

    assert spec.key == AssetCheckKey(["a", "b-c"], "rows")
    assert spec.key.to_user_string() == "a/b-c:rows"
    assert AssetCheckKey.from_text("a/b-c:rows") == spec.key
    assert spec.get_python_identifier() == "a__b_c_rows"
    assert spec.metadata == {"n": 1}


def test_a_result_says_by_itself_that_it_is_an_error():
    result = AssetCheckResult(passed=False)

    assert result.severity is AssetCheckSeverity.ERROR
    assert (result.asset_key, result.check_name, result.metadata) == (None, None, {})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AssetCheckResult(passed="yes"), "passed is 'yes', neither True nor False"),
        (lambda: AssetCheckResult(passed=True, severity="ERROR"), "severity is 'ERROR'"),
        (lambda: AssetCheckSpec("a b", asset="a"), "'a b' is not a valid name"),
        (lambda: AssetCheckSpec("a", asset=3), "names no single asset"),
        (lambda: AssetCheckSpec("a", asset="a", partitions_def=1), "is not supported"),
        (lambda: asset(name="a", check_specs=rows("a"))(lambda: 1), "not a list"),
        (lambda: asset(name="a", check_specs=["r"])(lambda: 1), "not an AssetCheckSpec"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises((ArgumentError, InvalidNameError), match=message):
        make()


def blocks() -> list[AssetsDefinition]:
    @asset(check_specs=[rows("a")])
    def a():
        yield Output(1)
        yield AssetCheckResult(passed=True)

    @multi_asset(outs={"b": AssetOut(), "c": AssetOut()}, check_specs=[rows("b"), rows("c")])
    def several(): ...

    @graph_asset(check_specs=[rows("d")])
    def d():
        value = one()
        return {"result": value, "d_rows": holds(value)}

    @graph_multi_asset(outs={"e": AssetOut()}, check_specs=[rows("e")])
    def graphs():
        value = one()
        return {"e": value, "e_rows": holds(value)}

    @graph(out={"f": GraphOut(), "f_rows": GraphOut()})
    def of_graph():
        value = one()
        return {"f": value, "f_rows": holds(value)}

    @op(out={"g": Out(), "g_rows": Out()})
    def of_op():
        return 1, AssetCheckResult(passed=True)

    @asset_check(asset="a")
    def alone(): ...

    return [
        a,
        several,
        d,
        graphs,
        AssetsDefinition.from_graph(of_graph, check_specs=[rows("f")]),
        AssetsDefinition.from_op(of_op, check_specs=[rows("g")]),
        alone,
    ]


def test_every_way_to_make_a_block_takes_checks():
    snapshot = Definitions(assets=blocks()).built.snapshot

    found = {check.text: (check.step_key, check.output) for check in snapshot.checks}
    assert found == {
        "a:alone": ("a_alone", "a_alone"),
        "a:rows": ("a", "a_rows"),
        "b:rows": ("several", "b_rows"),
        "c:rows": ("several", "c_rows"),
        "d:rows": ("d.holds", "result"),
        "e:rows": ("graphs.holds", "result"),
        "f:rows": ("of_graph.holds", "result"),
        "g:rows": ("of_op", "g_rows"),
    }
    assert [each.key for each in snapshot.assets] == list("abcdefg")
    assert {block.name: block.checks for block in snapshot.blocks}["several"] == (
        "b:rows",
        "c:rows",
    )


def test_what_reads_an_asset_follows_its_blocking_checks():
    @asset_check(asset="plain", blocking=True)
    def first(plain): ...

    @asset_check(asset="plain")
    def free(plain): ...

    @asset_check(asset="plain", blocking=True, additional_ins={"after": AssetIn()})
    def last(plain, after): ...

    @asset
    def after(plain): ...

    snapshot = Definitions(assets=[plain, after], asset_checks=[first, free, last]).built.snapshot

    steps = {step.key: step for step in snapshot.steps}
    orderings = {
        key: [source.step_key for each in step.inputs if not each.name for source in each.sources]
        for key, step in steps.items()
    }
    # `last` reads `after`, so `after` cannot wait for it.
    assert orderings == {
        "plain": [],
        "plain_first": [],
        "plain_free": [],
        "plain_last": [],
        "after": ["plain_first"],
    }
    order = list(steps)
    assert order.index("plain_first") < order.index("after") < order.index("plain_last")


def test_the_first_argument_is_the_asset_whatever_it_is_called():
    @asset_check(asset="plain")
    def reads(anything): ...

    @asset_check(asset="plain", additional_deps=["other"])
    def does_not(context): ...

    checks = [reads, does_not]
    snapshot = Definitions(assets=[plain, AssetSpec("other")], asset_checks=checks).built.snapshot

    steps = {step.key: step for step in snapshot.steps}
    (value,) = steps["plain_reads"].inputs
    (ordering,) = steps["plain_does_not"].inputs
    assert [source.asset_key for source in value.sources] == ["plain"]
    assert not value.nothing
    assert [source.asset_key for source in ordering.sources] == ["other", "plain"]
    assert ordering.nothing


def test_a_check_tells_what_it_is():
    @asset_check(asset=plain, name="rows", description="Enough.", blocking=True, metadata={"n": 1})
    def some_function(): ...

    assert some_function.check_key == AssetCheckKey("plain", "rows")
    assert some_function.keys == frozenset()
    assert (some_function.name, some_function.asset_key.text) == ("rows", "plain")
    assert some_function.spec.blocking
    assert "plain:rows" in repr(some_function)
    with pytest.raises(ArgumentError, match="makes"):
        _ = some_function.key


def foreign() -> object:
    @asset(check_specs=[rows("b")])
    def a(): ...

    return a


def twice() -> object:
    @asset(check_specs=[rows("a"), rows("a")])
    def a(): ...

    return a


def no_results() -> object:
    @asset(check_specs=[rows("a")])
    def a() -> int: ...

    return a


def lacking_output() -> object:
    @graph_asset(check_specs=[rows("a")])
    def a():
        return one()

    return a


def lacking_from_graph() -> object:
    @graph
    def a():
        return one()

    return AssetsDefinition.from_graph(a, check_specs=[rows("a")])


def other_type() -> object:
    @op
    def number() -> int: ...

    @graph_asset(check_specs=[rows("a")])
    def a():
        return {"result": one(), "a_rows": number()}

    return a


def one_for_two() -> object:
    @graph_asset(check_specs=[rows("a")])
    def a():
        value = one()
        return {"result": value, "a_rows": value}

    return a


def output_taken() -> object:
    @multi_asset(outs={"a": AssetOut(), "a_rows": AssetOut()}, check_specs=[rows("a")])
    def both(): ...

    return both


def no_result() -> object:
    @asset_check(asset="plain")
    def check(plain) -> bool: ...

    return check


def no_brackets() -> object:
    @asset_check  # type: ignore[call-arg, arg-type]  # what is refused
    def check(): ...

    return check


def check_for_asset() -> object:
    check = asset_check(asset=plain, name="rows")(lambda: None)
    return AssetSelection.assets("plain", check)


def check_as_dep() -> object:
    check = asset_check(asset=plain, name="rows")(lambda: None)
    return asset(name="a", deps=["plain", check])(lambda: 1)


def two_arguments() -> object:
    @asset_check(asset="plain")
    def check(plain, other): ...

    return check


def asset_again() -> object:
    @asset_check(asset="plain", additional_ins={"again": AssetIn("plain")})
    def check(plain, again): ...

    return check


def no_specs() -> object:
    @multi_asset_check(specs=[])
    def check(): ...

    return check


def pool() -> object:
    @asset_check(asset="plain", pool="p")
    def check(): ...

    return check


def unknown_asset() -> object:
    @asset_check(asset="plane")
    def check(): ...

    return Definitions(assets=[plain], asset_checks=[check])


def unknown_dep() -> object:
    @asset_check(asset="plain", additional_deps=["others"])
    def check(): ...

    return Definitions(assets=[plain], asset_checks=[check])


def same_check_twice() -> object:
    def made():
        @asset_check(asset="plain", name="rows")
        def check(): ...

        return check

    return Definitions(assets=[plain], asset_checks=[made(), made()])


def asset_as_check() -> object:
    return Definitions(asset_checks=[plain])


def job_of_a_part() -> object:
    @asset(check_specs=[rows("a")])
    def a():
        yield Output(1)
        yield AssetCheckResult(passed=True)

    return Definitions(assets=[a], jobs=[define_asset_job("j", "checks(a)")])


@pytest.mark.parametrize(
    ("define", "kind", "message"),
    [
        (foreign, ArgumentError, "the check 'rows' is of 'b', which is not made here"),
        (twice, DuplicateError, "two checks named 'rows' of 'a'"),
        (no_results, ArgumentError, "annotated to return int: no results"),
        (lacking_output, DefinitionError, "returned a single value, but 2 outputs are declared"),
        (lacking_from_graph, MissingError, "has no output 'a_rows'"),
        (other_type, ConflictError, "given by an output of type int"),
        (one_for_two, ConflictError, "is the check 'a:rows' and the asset of output 'result'"),
        (output_taken, DuplicateError, "there is another output of that name"),
        (no_result, ArgumentError, "annotated to return bool: no results"),
        (no_brackets, ArgumentError, "Write @asset_check(asset=…)"),
        (check_for_asset, ArgumentError, "the check 'plain:rows', which names no asset"),
        (check_as_dep, ArgumentError, "the check 'plain:rows' names no single asset"),
        (two_arguments, ArgumentError, "arguments 'plain', 'other' are not told apart"),
        (asset_again, ConflictError, "which is its asset"),
        (no_specs, ArgumentError, "has no check"),
        (pool, ArgumentError, "asset_check(pool=…) is not supported"),
        (unknown_asset, MissingError, "'plane'"),
        (unknown_dep, MissingError, "'others'"),
        (same_check_twice, DuplicateError, "another check 'rows' of 'plain'"),
        (asset_as_check, ArgumentError, "asset_checks has the asset 'plain'"),
        (job_of_a_part, ConflictError, "made whole or not at all: 'a' missing"),
    ],
)
def test_what_cannot_work_is_refused_at_its_line(
    define: Callable[[], object], kind: type[DefinitionError], message: str
) -> None:
    with pytest.raises(kind) as refused:
        define()

    assert message in str(refused.value)
    assert "test_definitions.py:" in str(refused.value)
    assert refused.value.fix


def test_checks_of_modules_are_loaded_apart_from_their_assets():
    module = ModuleType("shop")
    check = asset_check(asset=plain, name="fine")(lambda: None)
    vars(module).update(plain=plain, check=check, more=[check])

    assert load_asset_checks_from_modules([module]) == [check]
    assert load_assets_from_modules([module]) == [plain]
    with pytest.raises(ArgumentError, match="is no module"):
        load_asset_checks_from_modules([plain])  # type: ignore[list-item]  # what is refused


def test_a_job_may_be_of_checks_alone():
    check = asset_check(asset=plain, name="fine")(lambda: None)

    definitions = Definitions(
        assets=[plain],
        asset_checks=[check],
        jobs=[
            define_asset_job("by_object", [check]),
            define_asset_job("all", AssetSelection.all_asset_checks()),
            define_asset_job("without", AssetSelection.all().without_checks()),
        ],
    )

    by_name = {each.job.name: each for each in definitions.selected_jobs}
    assert by_name["by_object"].checks == by_name["all"].checks == {"plain:fine"}
    assert by_name["by_object"].keys == frozenset()
    assert (by_name["without"].keys, by_name["without"].checks) == ({"plain"}, frozenset())


def test_a_check_goes_with_its_asset_where_an_op_is_cut():
    @multi_asset(
        outs={"x": AssetOut(is_required=False), "y": AssetOut(is_required=False)},
        can_subset=True,
        ins={"z": AssetIn()},
        internal_asset_deps={"x": set(), "y": {AssetKey("z")}},
        check_specs=[rows("x"), rows("y")],
    )
    def b(context, z): ...

    @asset
    def z(x): ...

    snapshot = Definitions(assets=[b, z]).built.snapshot

    assert {check.text: check.step_key for check in snapshot.checks} == {
        "x:rows": "b",
        "y:rows": "b_2",
    }
