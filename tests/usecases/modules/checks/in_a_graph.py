"""A graph makes an asset, checks what is staged, and publishes it when the check has run."""

from treadle import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetOut,
    In,
    Nothing,
    graph_multi_asset,
    op,
)


@op
def staged_values():
    return [3, 1, 2]


@op
def sorted_check(values):
    return AssetCheckResult(
        passed=values == sorted(values), check_name="is_sorted", metadata={"first": values[0]}
    )


@op(ins={"values": In(), "checked": In(Nothing)})
def published(values):
    return sorted(values)


@op
def value_log():
    return "logged"


@graph_multi_asset(
    outs={"public_values": AssetOut(), "values_log": AssetOut()},
    check_specs=[AssetCheckSpec("is_sorted", asset="public_values")],
)
def publishing():
    values = staged_values()
    checked = sorted_check(values)
    return {
        "public_values": published(values=values, checked=checked),
        "public_values_is_sorted": checked,
        "values_log": value_log(),
    }
