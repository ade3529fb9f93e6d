"""Config of an op that the selection leaves out is checked, and does not stop the run."""

from treadle import AssetOut, Config, Out, Output, graph_multi_asset, op


class Words(Config):
    text: str


@op(out={"short": Out(is_required=False), "long": Out(is_required=False)})
def both_lengths(context):
    if "short" in context.selected_output_names:
        yield Output("s", "short")
    if "long" in context.selected_output_names:
        yield Output("looong", "long")


@op
def worded(long: str, config: Words) -> str:
    return config.text + long


@graph_multi_asset(outs={"short_word": AssetOut(), "worded_long": AssetOut()}, can_subset=True)
def length_graph():
    short, long = both_lengths()
    return {"short_word": short, "worded_long": worded(long)}
