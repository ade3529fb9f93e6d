from treadle import (
    AssetDep,
    AssetIn,
    AssetKey,
    AssetOut,
    AssetsDefinition,
    AssetSpec,
    DataVersion,
    GraphOut,
    ObservableAssets,
    ObserveResult,
    Out,
    asset,
    graph,
    graph_asset,
    graph_multi_asset,
    map_asset_specs,
    materialize,
    multi_asset,
    multi_observable_source_asset,
    observable_source_asset,
    observe,
    op,
)


@asset(group_name="raw", kinds={"csv"}, owners=["ada@example.org"], tags={"tier": "gold"})
def orders():
    return [40, 25, 10]


@multi_asset(outs={"largest": AssetOut(), "count": AssetOut(key=AssetKey(["stats", "count"]))})
def stats(orders):
    return max(orders), len(orders)


@op
def double(number: int) -> int:
    return 2 * number


@graph_asset(ins={"number": AssetIn(key="largest")}, deps=[AssetDep("orders")])
def doubled(number):
    return double(double(number))


@op(out={"low": Out(), "high": Out()})
def both(number: int):
    return number - 1, number + 1


@graph_multi_asset(outs={"low": AssetOut(), "high": AssetOut()}, group_name="bounds")
def bounds(doubled):
    low, high = both(doubled)
    return {"low": low, "high": high}


@graph(out={"result": GraphOut()})
def four_times(number):
    return double(double(number))


powered = AssetsDefinition.from_graph(
    four_times, keys_by_input_name={"number": "low"}, keys_by_output_name={"result": "powered"}
)
single = AssetsDefinition.from_op(
    double, keys_by_input_name={"number": "high"}, keys_by_output_name={"result": "single"}
)

result = materialize([orders, stats, doubled, bounds, powered, single])
assert result.asset_value("powered") == 4 * (4 * 40 - 1)
assert result.asset_value(["stats", "count"]) == 3

(renamed,) = map_asset_specs(
    lambda spec: spec.replace_attributes(group_name="new"), [AssetSpec("x")]
)
assert renamed.group_name == "new"


@observable_source_asset(group_name="feeds")
def prices():
    return DataVersion("7")


@multi_observable_source_asset(specs=[AssetSpec("stock"), AssetSpec("demand")], can_subset=True)
def warehouse(context):
    for key in context.selected_asset_keys:
        yield ObserveResult(asset_key=key, metadata={"rows": 3})


assert isinstance(warehouse, ObservableAssets)
assert len(observe([prices, warehouse]).get_asset_observation_events()) == 3
