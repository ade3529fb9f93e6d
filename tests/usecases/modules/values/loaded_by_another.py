"""An input is loaded by another manager than the one that stored the value."""

from treadle import AssetIn, Definitions, IOManager, asset


class Names(IOManager):
    def handle_output(self, context, obj) -> None:
        raise NotImplementedError

    def load_input(self, context) -> str:
        return f"{context.name} is {context.upstream_output.asset_key.text}"


@asset
def bulk() -> list[int]:
    return list(range(100))


@asset(ins={"bulk": AssetIn(input_manager_key="names")})
def bulk_name(bulk: str) -> str:
    return bulk


defs = Definitions(assets=[bulk, bulk_name], resources={"names": Names()})
