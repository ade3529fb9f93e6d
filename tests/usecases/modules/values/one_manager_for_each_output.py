"""Two assets of one op are stored by two managers."""

import os
from pathlib import Path

from treadle import AssetOut, Definitions, IOManager, asset, multi_asset


class Folder(IOManager):
    def __init__(self, name: str) -> None:
        self.name = name

    def file(self, context) -> Path:
        folder = Path(os.environ["TREADLE_TEST_SCRATCH"]) / self.name
        folder.mkdir(exist_ok=True)
        return folder / context.asset_key.path[-1]

    def handle_output(self, context, obj) -> None:
        self.file(context).write_text(str(obj))

    def load_input(self, context):
        return self.file(context).read_text()


@multi_asset(
    outs={
        "cold": AssetOut(io_manager_key="cellar"),
        "warm": AssetOut(io_manager_key="kitchen"),
    }
)
def shelves():
    return "ice", "tea"


@asset
def drinks(cold, warm) -> str:
    return f"{cold} {warm}"


defs = Definitions(
    assets=[shelves, drinks],
    resources={"cellar": Folder("cellar"), "kitchen": Folder("kitchen")},
)
