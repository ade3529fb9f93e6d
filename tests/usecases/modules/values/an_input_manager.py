"""A function loads an input: it says what a reader gets, and nothing is stored."""

from treadle import AssetIn, Definitions, InputContext, asset, input_manager


@input_manager(config_schema={"sheet": str})
def sheet_loader(context: InputContext) -> list[str]:
    return [context.asset_key.path[-1], context.resource_config["sheet"]]


@asset
def workbook() -> bytes:
    return b"PK"


@asset(ins={"workbook": AssetIn(input_manager_key="sheet_loader")})
def first_sheet(workbook: list[str]) -> str:
    return " of ".join(reversed(workbook))


defs = Definitions(
    assets=[workbook, first_sheet],
    resources={"sheet_loader": sheet_loader.configured({"sheet": "totals"})},
)
