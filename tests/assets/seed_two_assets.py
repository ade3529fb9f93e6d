"""The seed's graph that makes two assets of one upstream asset, together or not at all."""

from treadle import AssetOut, Out, asset, graph_multi_asset, op


@asset
def upstream_asset():
    return 20


@op(out={"one": Out(), "two": Out()})
def two_outputs(upstream):
    return upstream + 1, upstream + 2


@graph_multi_asset(outs={"first_asset": AssetOut(), "second_asset": AssetOut()})
def two_assets(upstream_asset):
    one, two = two_outputs(upstream_asset)
    return {"first_asset": one, "second_asset": two}
