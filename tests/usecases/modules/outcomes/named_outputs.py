"""Outputs of an op are taken by name, by place, and as they come."""

from treadle import AssetOut, Out, graph_multi_asset, op


@op(out={"low": Out(), "high": Out()})
def lowest_and_highest():
    return 1, 9


@op
def shown_number(number):
    return str(number)


@graph_multi_asset(outs={"low_text": AssetOut(), "high_text": AssetOut()})
def extremes():
    found = lowest_and_highest()
    return {
        "low_text": shown_number.alias("show_low")(found.low),
        "high_text": shown_number(found[1]),
    }
