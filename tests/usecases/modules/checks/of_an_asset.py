"""A check of an asset reads its value, in a step of its own."""

from treadle import AssetCheckResult, AssetCheckSeverity, Definitions, asset, asset_check


@asset
def stock_levels() -> dict[str, int]:
    return {"nails": 12, "screws": -1}


@asset_check(asset=stock_levels)
def none_is_negative(stock_levels: dict[str, int]) -> AssetCheckResult:
    wrong = sorted(name for name, count in stock_levels.items() if count < 0)
    return AssetCheckResult(
        passed=not wrong, severity=AssetCheckSeverity.WARN, metadata={"wrong": wrong}
    )


@asset_check(asset=stock_levels, description="Something is in stock.")
def is_not_empty(stock_levels) -> AssetCheckResult:
    return AssetCheckResult(passed=bool(stock_levels))


@asset
def order_list(stock_levels: dict[str, int]) -> list[str]:
    return sorted(stock_levels)


defs = Definitions(assets=[stock_levels, order_list], asset_checks=[none_is_negative, is_not_empty])
