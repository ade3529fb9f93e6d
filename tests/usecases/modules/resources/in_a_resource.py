"""A resource holds another one, set up first and put away last."""

import os
from pathlib import Path

from treadle import ConfigurableResource, Definitions, asset


def noted(line: str) -> None:
    with (Path(os.environ["TREADLE_TEST_SCRATCH"]) / "in_a_resource.txt").open("a") as file:
        file.write(line + "\n")


class Line(ConfigurableResource):
    number: str

    def setup_for_execution(self, context) -> None:
        noted(f"line {self.number} up")

    def teardown_after_execution(self, context) -> None:
        noted(f"line {self.number} down")


class Exchange(ConfigurableResource):
    line: Line
    town: str

    def setup_for_execution(self, context) -> None:
        noted(f"exchange {self.town} up")

    def teardown_after_execution(self, context) -> None:
        noted(f"exchange {self.town} down")

    def call(self) -> str:
        return f"{self.town}:{self.line.number}"


@asset
def call_made(exchange: Exchange) -> str:
    noted("called")
    return exchange.call()


defs = Definitions(
    assets=[call_made], resources={"exchange": Exchange(line=Line(number="12"), town="ulm")}
)
