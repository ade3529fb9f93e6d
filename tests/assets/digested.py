"""Assets whose code reaches into a helper module, with what tends to differ between processes."""

import functools

from digested_helper import scaled

from treadle import AssetOut, Out, asset, graph_multi_asset, op

ALLOWED = frozenset({"carrots", "apples", "pears", "plums"})


@functools.cache
def remembered(value):
    return value


@op
def read():
    return scaled(1)


@op(out={"one": Out(is_required=False), "other": Out(is_required=False)})
def shaped(value, limits=frozenset({3, 1, 2}), names=("a", "b")):
    yield from ()


@graph_multi_asset(outs={"shaped_one": AssetOut(is_required=False)}, can_subset=True)
def shapes():
    one, _ = shaped(read())
    return {"shaped_one": one}


@asset
def scaled_asset():
    return scaled(1) if "apples" in {"apples", "pears"} | ALLOWED else remembered(0)
