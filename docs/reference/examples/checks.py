from treadle import (
    AssetCheckExecutionContext,
    AssetCheckKey,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    Output,
    asset,
    asset_check,
    build_asset_check_context,
    materialize,
    multi_asset_check,
)


@asset(check_specs=[AssetCheckSpec("some", asset="orders")])
def orders():
    rows = [40, 25, 10]
    yield Output(rows)
    yield AssetCheckResult(passed=bool(rows), check_name="some")


@asset_check(asset=orders, description="No more than five.")
def few(orders) -> AssetCheckResult:
    return AssetCheckResult(
        passed=len(orders) < 6, severity=AssetCheckSeverity.WARN, metadata={"rows": len(orders)}
    )


@multi_asset_check(specs=[AssetCheckSpec("a", asset="orders"), AssetCheckSpec("b", asset="orders")])
def several(context: AssetCheckExecutionContext):
    yield AssetCheckResult(passed=True, check_name="a", asset_key="orders")
    yield AssetCheckResult(passed=True, check_name="b", asset_key="orders")


assert isinstance(few, AssetChecksDefinition)
assert AssetCheckKey("orders", "few") in few.check_keys

result = materialize([orders, few, several])
assert {each.check_name for each in result.get_asset_check_evaluations()} == {
    "some",
    "few",
    "a",
    "b",
}
assert isinstance(build_asset_check_context(), AssetCheckExecutionContext)

from treadle import AssetCheckEvaluation  # noqa: E402

evaluation: AssetCheckEvaluation = result.get_asset_check_evaluations()[0]
assert isinstance(evaluation, AssetCheckEvaluation)
assert evaluation.passed
