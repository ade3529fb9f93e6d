from treadle import AssetSelection, Definitions, asset, define_asset_job


@asset(group_name="raw")
def orders():
    return [40, 25, 10]


@asset
def total(orders):
    return sum(orders)


selection = AssetSelection.groups("raw").downstream() - AssetSelection.assets(total)
assert str(selection) == "group:raw+ and not total"
assert AssetSelection.from_string("group:raw+ and not total") == selection
assert (
    str(AssetSelection.blocks("orders") | AssetSelection.all().sinks())
    == "block:orders or sinks(*)"
)

Definitions(assets=[orders, total], jobs=[define_asset_job("nightly", selection)])
