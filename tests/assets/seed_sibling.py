"""A graph in which one asset is made from another asset of the same block."""

from treadle import AssetOut, graph_multi_asset, op


@op
def base():
    return 10


@op
def top(base):
    return base + 1


@graph_multi_asset(outs={"base_asset": AssetOut(), "top_asset": AssetOut()}, can_subset=True)
def tower():
    made = base()
    return {"base_asset": made, "top_asset": top(made)}
