"""An op reads a list that is made of assets and of what other ops return, in order."""

from treadle import asset, graph_asset, op


@asset
def red():
    return "r"


@asset
def blue():
    return "b"


@op
def green():
    return "g"


@op
def mixed(colours: list[str]) -> str:
    return "+".join(colours)


@graph_asset
def palette(red, blue):
    return mixed([blue, green(), red])
