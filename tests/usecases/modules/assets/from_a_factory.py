"""A function makes assets that differ in a parameter."""

from treadle import Definitions, asset


def store_asset(town: str, sold: int):
    @asset(name=f"sold_in_{town}", group_name="stores", metadata={"town": town})
    def sold_in():
        return sold

    return sold_in


towns = {"ulm": 3, "bonn": 4}
parts = [store_asset(town, sold) for town, sold in towns.items()]


@asset(deps=parts)
def all_sold():
    return sum(towns.values())


defs = Definitions(assets=[*parts, all_sold])
