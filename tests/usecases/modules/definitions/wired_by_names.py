"""A graph wired by names from a table, and one that names assets from outside in its body."""

from treadle import (
    AssetKey,
    AssetsDefinition,
    Definitions,
    DependencyDefinition,
    GraphDefinition,
    InputMapping,
    IOManager,
    NodeInvocation,
    OutputMapping,
    SourceAsset,
    graph_asset,
    op,
)


class Depot(IOManager):
    def __init__(self, crates: int) -> None:
        self.crates = crates

    def handle_output(self, context, obj) -> None:
        raise NotImplementedError

    def load_input(self, context) -> int:
        return self.crates


hill_depot = SourceAsset("hill_depot", io_manager_key="depot")
vale_depot = SourceAsset("vale_depot", io_manager_def=Depot(4))


@op
def halved(crates: int) -> int:
    return crates // 2


@op
def together(one: int, other: int) -> int:
    return one + other


STAGES = ["first_half", "second_half"]

quarter = GraphDefinition(
    "quarter",
    node_defs=[halved],
    dependencies={
        NodeInvocation("halved", alias=stage): (
            {"crates": DependencyDefinition(STAGES[place - 1])} if place else {}
        )
        for place, stage in enumerate(STAGES)
    },
    input_mappings=[InputMapping("crates", STAGES[0], "crates")],
    output_mappings=[OutputMapping("result", STAGES[-1])],
)


@graph_asset
def depot_stock(hill_depot):
    return together(hill_depot, vale_depot)


kept = AssetsDefinition(
    node_def=quarter,
    keys_by_input_name={"crates": AssetKey("depot_stock")},
    keys_by_output_name={"result": AssetKey(["depots", "kept"])},
    group_names_by_key={AssetKey(["depots", "kept"]): "depots"},
)

defs = Definitions.merge(
    Definitions(assets=[hill_depot, vale_depot, depot_stock], resources={"depot": Depot(12)}),
    Definitions(assets=[kept, SourceAsset("depot_stock")]),
)
