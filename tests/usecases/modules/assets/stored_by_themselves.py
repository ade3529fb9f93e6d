"""An op stores its assets itself, and says what it did of each."""

from treadle import AssetSpec, MaterializeResult, multi_asset


@multi_asset(specs=[AssetSpec("pulled_rows"), AssetSpec("pulled_index", deps=["pulled_rows"])])
def pull():
    yield MaterializeResult(asset_key="pulled_rows", metadata={"rows": 12})
    yield MaterializeResult(asset_key="pulled_index", metadata={"size": 3})
