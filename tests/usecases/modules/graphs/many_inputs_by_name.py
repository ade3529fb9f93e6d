"""A factory of graphs takes any number of upstream assets, named by `ins`."""

from treadle import AssetIn, asset, graph_asset, op


@asset
def part_one():
    return 1


@asset
def part_two():
    return 2


@op
def joined(parts: list[int]) -> list[int]:
    return parts


def joined_asset(name: str, keys: list[str]):
    @graph_asset(name=name, ins={key: AssetIn(key) for key in keys})
    def joined_parts(**parts):
        return joined(list(parts.values()))

    return joined_parts


whole = joined_asset("whole_of_parts", ["part_one", "part_two"])
