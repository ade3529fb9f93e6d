"""One graph powers several assets, each with other inputs."""

from treadle import AssetKey, AssetsDefinition, asset, graph, op


@asset
def north():
    return [1, 2]


@asset
def south():
    return [10]


@op
def summed(values):
    return sum(values)


@op
def labelled(total):
    return f"= {total}"


@graph
def area_total(values):
    return labelled(summed(values))


totals = [
    AssetsDefinition.from_graph(
        area_total,
        keys_by_input_name={"values": AssetKey(area)},
        keys_by_output_name={"result": AssetKey(["totals", area])},
    )
    for area in ("north", "south")
]
