"""Assets that say which environment runs them; they import the standard library and Treadle only."""

import sys

from treadle import graph_asset, op


@op
def one():
    return 1


@op
def add(context, first, second):
    try:
        from google import protobuf  # noqa: PLC0415 -- it may not be there
    except ImportError:
        version = "none"
    else:
        version = protobuf.__version__
    context.add_output_metadata({"prefix": sys.prefix, "protobuf": version})
    return first + second


@graph_asset
def summed():
    return add(one(), add.alias("add_twice")(one.alias("again")(), one.alias("once_more")()))
