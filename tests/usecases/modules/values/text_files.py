"""A manager with a folder as its setting keeps an asset in a text file that others can read."""

import os
from pathlib import Path

from treadle import ConfigurableIOManager, Definitions, asset


class TextFiles(ConfigurableIOManager):
    ending: str = ".txt"

    def place(self, context) -> Path:
        return Path(os.environ["TREADLE_TEST_SCRATCH"]) / (context.asset_key.path[-1] + self.ending)

    def handle_output(self, context, obj) -> None:
        self.place(context).write_text("\n".join(obj))
        context.add_output_metadata({"lines": len(obj)})

    def load_input(self, context):
        return self.place(context).read_text().split("\n")


@asset(io_manager_key="text_files")
def poem() -> list[str]:
    return ["roses", "violets"]


@asset
def poem_upper(poem: list[str]) -> str:
    return "/".join(line.upper() for line in poem)


defs = Definitions(assets=[poem, poem_upper], resources={"text_files": TextFiles()})
