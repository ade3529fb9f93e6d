"""The seed's last case: an op that returns both of its outputs, whatever is selected."""

from treadle import AssetOut, Out, graph_multi_asset, op


@op(out={"foo_1": Out(), "foo_2": Out()})
def foo():
    return 1, 2


@op
def baz(foo_2):
    return foo_2 + 1


@graph_multi_asset(outs={"foo_asset": AssetOut(), "baz_asset": AssetOut()}, can_subset=True)
def my_graph_assets():
    foo_1, foo_2 = foo()
    # Selecting baz_asset alone makes foo_asset too: foo hands over both.
    return {"foo_asset": foo_1, "baz_asset": baz(foo_2)}
