"""One op makes those of its assets that are selected."""

from treadle import AssetOut, Output, multi_asset


@multi_asset(
    outs={name: AssetOut(is_required=False) for name in ("spring", "summer", "autumn")},
    can_subset=True,
)
def seasons(context):
    for name in ("spring", "summer", "autumn"):
        if name in context.selected_output_names:
            yield Output(len(name), name)
