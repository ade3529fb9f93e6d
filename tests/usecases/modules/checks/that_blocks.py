"""A check that blocks keeps what is made from a bad asset from being made."""

from treadle import AssetCheckResult, AssetCheckSpec, MaterializeResult, asset


@asset(check_specs=[AssetCheckSpec("has_rows", asset="imported_rows", blocking=True)])
def imported_rows():
    return MaterializeResult(
        value=[], check_results=[AssetCheckResult(passed=False, check_name="has_rows")]
    )


@asset
def rows_report(imported_rows):
    return len(imported_rows)


@asset
def other_report():
    return "made"
