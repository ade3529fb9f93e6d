"""Which of several assets needs which input; an input that no selected asset needs is not read."""

from treadle import AssetKey, AssetOut, Output, asset, multi_asset


@asset
def wood():
    return "oak"


@asset
def nails():
    raise RuntimeError("sold out")


@multi_asset(
    outs={"plank": AssetOut(is_required=False), "box": AssetOut(is_required=False)},
    internal_asset_deps={
        "plank": {AssetKey("wood")},
        "box": {AssetKey("plank"), AssetKey("nails")},
    },
    can_subset=True,
)
def carpenter(context, wood, nails):
    if "plank" in context.selected_output_names:
        yield Output(f"{wood} plank", "plank")
    if "box" in context.selected_output_names:
        yield Output(f"box of {nails}", "box")
