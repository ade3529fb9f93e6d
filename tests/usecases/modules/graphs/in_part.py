"""A graph whose assets can be made one by one: ops that are not needed do not run."""

from treadle import AssetOut, Out, Output, graph_multi_asset, op


@op(out={"left_half": Out(), "right_half": Out()})
def halves():
    return "ab", "cd"


@op(out={"head": Out(is_required=False), "rest": Out(is_required=False)})
def head_and_rest(context, half):
    context.log.warning(" ".join(sorted(context.selected_output_names)))
    if "head" in context.selected_output_names:
        yield Output(half[:1], "head")
    if "rest" in context.selected_output_names:
        yield Output(half[1:], "rest")


@op
def glued(rest, right_half):
    return rest + right_half


@graph_multi_asset(outs={"head_asset": AssetOut(), "glued_asset": AssetOut()}, can_subset=True)
def word_parts():
    left_half, right_half = halves()
    head, rest = head_and_rest(left_half)
    return {"head_asset": head, "glued_asset": glued(rest, right_half)}
