"""An asset checks itself, in the step that makes it."""

from treadle import AssetCheckResult, AssetCheckSpec, Output, asset


@asset(check_specs=[AssetCheckSpec("even_total", asset="even_numbers")])
def even_numbers():
    found = [2, 4, 7]
    yield Output(found, metadata={"count": len(found)})
    yield AssetCheckResult(passed=sum(found) % 2 == 0, metadata={"total": sum(found)})
