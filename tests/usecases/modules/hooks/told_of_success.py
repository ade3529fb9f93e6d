"""A hook tells of each op of a graph that succeeded, with a resource of its own."""

import os
from pathlib import Path

from treadle import ConfigurableResource, Definitions, HookContext, graph_asset, op, success_hook


class Board(ConfigurableResource):
    name: str

    def pin(self, line: str) -> None:
        with (Path(os.environ["TREADLE_TEST_SCRATCH"]) / self.name).open("a") as file:
            file.write(line + "\n")


@success_hook(required_resource_keys={"board"})
def pinned(context: HookContext) -> None:
    context.resources.board.pin(f"{context.op.name}: {context.op_output_values['result']}")


@op
def baked() -> int:
    return 12


@op
def sold(rolls: int) -> int:
    return rolls - 2


@graph_asset(hooks={pinned})
def rolls_sold():
    return sold(baked())


defs = Definitions(assets=[rolls_sold], resources={"board": Board(name="told_of_success.txt")})
