"""Assets of elsewhere that functions look at, and one that reads them."""

from treadle import (
    AssetSpec,
    DataVersion,
    Definitions,
    IOManager,
    ObserveResult,
    asset,
    define_asset_job,
    multi_observable_source_asset,
    observable_source_asset,
)


class Feed(IOManager):
    def handle_output(self, context, obj):
        raise NotImplementedError

    def load_input(self, context):
        return 41


@observable_source_asset(io_manager_key="feed")
def prices():
    return DataVersion("v1")


@multi_observable_source_asset(specs=[AssetSpec("stock"), AssetSpec("demand")], can_subset=True)
def warehouse(context):
    for key in sorted(context.selected_asset_keys):
        yield ObserveResult(asset_key=key, metadata={"rows": 3}, data_version=DataVersion("7"))


@asset
def report(prices):
    return prices + 1


defs = Definitions(
    assets=[prices, warehouse, report],
    jobs=[define_asset_job("look", selection=["prices", "stock"])],
    resources={"feed": Feed()},
)
