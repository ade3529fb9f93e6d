"""What Dagster gets wrong or refuses, in one module: each group of assets is one row of the list."""

from treadle import AssetOut, GraphOut, Out, asset, graph, graph_asset, graph_multi_asset, op


# An unused output of an op with several outputs.
@op(out={"used": Out(), "unused": Out()})
def two_outputs():
    return 1, 2


@graph_asset
def from_used():
    used, _ = two_outputs()
    return used


# A list of an asset and an op's output, and of assets.
@asset
def left():
    return "left"


@asset
def right():
    return "right"


@op
def middle():
    return "middle"


@op
def joined(parts):
    return "-".join(parts)


@graph_multi_asset(outs={"mixed_list": AssetOut(), "asset_list": AssetOut()}, can_subset=True)
def fan_ins(left, right):
    return {
        "mixed_list": joined.alias("mixed")([left, middle(), right]),
        "asset_list": joined.alias("assets")([right, left]),
    }


# One output that is two assets.
@op
def shared_value():
    return 7


@graph_multi_asset(outs={"twin_a": AssetOut(), "twin_b": AssetOut()}, can_subset=True)
def twins():
    value = shared_value()
    return {"twin_a": value, "twin_b": value}


# Assets that each need only one of the block's inputs.
@op
def plus_one(text):
    return text + "+1"


@graph_multi_asset(outs={"of_left": AssetOut(), "of_right": AssetOut()}, can_subset=True)
def one_input_each(left, right):
    return {
        "of_left": plus_one.alias("one")(left),
        "of_right": plus_one.alias("other")(right),
    }


# A nested graph whose outputs are the block's, as they are.
@op
def first():
    return 1


@op
def second():
    return 2


@graph(out={"inner_first": GraphOut(), "inner_second": GraphOut()})
def inner():
    return {"inner_first": first(), "inner_second": second()}


@graph_multi_asset(outs={"nested_first": AssetOut(), "nested_second": AssetOut()}, can_subset=True)
def outer():
    one, two = inner()
    return {"nested_first": one, "nested_second": two}


# Two blocks that need each other both ways.
@op
def seed_of(value=None):
    return 1 if value is None else value + 1


@graph_multi_asset(outs={"ping_1": AssetOut(), "ping_2": AssetOut()}, can_subset=True)
def pings(pong_1):
    return {
        "ping_1": first.alias("ping_first")(),
        "ping_2": seed_of.alias("ping_second")(pong_1),
    }


@graph_multi_asset(outs={"pong_1": AssetOut(), "pong_2": AssetOut()}, can_subset=True)
def pongs(ping_1, ping_2):
    return {
        "pong_1": seed_of.alias("pong_first")(ping_1),
        "pong_2": seed_of.alias("pong_second")(ping_2),
    }


# A step whose upstream failed, beside one that is independent of it.
@asset
def breaks():
    raise ValueError("broken on purpose")


@asset
def after_breaks(breaks):
    return breaks


@asset
def after_after(after_breaks):
    return after_breaks


@asset
def independent():
    return "fine"
