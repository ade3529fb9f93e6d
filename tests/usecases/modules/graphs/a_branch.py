"""An op yields one of two outputs: the other branch is skipped."""

from treadle import Out, Output, graph_asset, op


@op(out={"cheap": Out(is_required=False), "dear": Out(is_required=False)})
def priced():
    yield Output(12, "cheap")


@op
def discount(price):
    return price - 1


@op
def tax(price):
    return price + 5


@op
def final_price(prices: list[int]) -> int:
    return sum(prices)


@graph_asset
def branch_price():
    cheap, dear = priced()
    return final_price([discount(cheap), tax(dear)])
