"""An op that returns both of its outputs makes an asset that was not selected."""

from treadle import AssetOut, Out, graph_multi_asset, op


@op(out={"shown": Out(), "hidden": Out()})
def both_sides():
    return "heads", "tails"


@op
def coin_text(hidden):
    return f"under it: {hidden}"


@graph_multi_asset(outs={"coin_side": AssetOut(), "coin_line": AssetOut()}, can_subset=True)
def coin():
    shown, hidden = both_sides()
    return {"coin_side": shown, "coin_line": coin_text(hidden)}
