"""One step checks several assets; a selection of one check runs that alone."""

from treadle import (
    AssetCheckResult,
    AssetCheckSpec,
    Definitions,
    asset,
    multi_asset_check,
)


@asset
def left_scale():
    return 3


@asset
def right_scale():
    return 4


@multi_asset_check(
    specs=[
        AssetCheckSpec("is_odd", asset=left_scale),
        AssetCheckSpec("is_odd", asset=right_scale),
    ]
)
def oddness():
    yield AssetCheckResult(passed=True, asset_key="left_scale", check_name="is_odd")
    yield AssetCheckResult(passed=False, asset_key="right_scale", check_name="is_odd")


defs = Definitions(assets=[left_scale, right_scale], asset_checks=[oddness])
