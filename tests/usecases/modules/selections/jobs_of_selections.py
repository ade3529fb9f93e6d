"""Jobs are selections, written in Python and as text, with tags and a retry policy of their own."""

from treadle import AssetSelection, Definitions, RetryPolicy, asset, define_asset_job


@asset(group_name="paper")
def trees():
    return 2


@asset(group_name="paper")
def paper(trees):
    return trees * 100


@asset
def flying_paper(context, paper):
    if context.retry_number == 0:
        raise OSError("the wind")
    return f"{paper} {context.get_tag('by')}"


defs = Definitions(
    assets=[trees, paper, flying_paper],
    jobs=[
        define_asset_job("paper_mill", AssetSelection.groups("paper")),
        define_asset_job(
            "paper_planes",
            AssetSelection.assets("flying_paper").upstream() - AssetSelection.assets(trees),
            tags={"by": "hand"},
            op_retry_policy=RetryPolicy(max_retries=1),
        ),
    ],
)
