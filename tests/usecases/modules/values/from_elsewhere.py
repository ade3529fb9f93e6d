"""An asset that nobody here makes is declared, and loaded by the manager that its reader names."""

from treadle import AssetIn, AssetSpec, Definitions, IOManager, asset


class Warehouse(IOManager):
    def handle_output(self, context, obj) -> None:
        raise NotImplementedError

    def load_input(self, context) -> list[int]:
        return [len(part) for part in context.asset_key.path]


@asset(ins={"sales": AssetIn(key=["legacy", "sales"], input_manager_key="warehouse")})
def sales_total(sales: list[int]) -> int:
    return sum(sales)


defs = Definitions(
    assets=[AssetSpec(["legacy", "sales"], description="kept by others"), sales_total],
    resources={"warehouse": Warehouse()},
)
