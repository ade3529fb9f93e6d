"""Assets that others defined get groups, tags and keys afterwards."""

from treadle import AssetKey, AssetSpec, Definitions, asset, map_asset_specs


@asset
def harvest() -> int:
    return 7


@asset
def jam(harvest: int) -> str:
    return f"{harvest} jars"


moved = [
    each.with_attributes(
        asset_key_replacements={
            AssetKey("harvest"): AssetKey(["farm", "harvest"]),
            AssetKey("jam"): AssetKey(["farm", "jam"]),
        }
    )
    for each in (harvest, jam)
]


def _grouped(spec: AssetSpec) -> AssetSpec:
    return spec.replace_attributes(group_name="farm").merge_attributes(tags={"of": "farm"})


defs = Definitions(assets=map_asset_specs(_grouped, moved))
