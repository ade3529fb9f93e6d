"""One op makes several assets, each with a description of its own."""

from treadle import AssetOut, Output, multi_asset


@multi_asset(
    outs={
        "evens": AssetOut(description="what two divides"),
        "odds": AssetOut(group_name="odd_numbers"),
    }
)
def divided_numbers():
    yield Output([2, 4], "evens", metadata={"count": 2})
    yield Output([1, 3, 5], "odds", metadata={"count": 3})
