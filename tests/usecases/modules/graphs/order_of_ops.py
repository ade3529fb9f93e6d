"""Ops come one after the other without handing values on."""

import os
from pathlib import Path

from treadle import In, Nothing, Out, graph_asset, op

FILE = "order_of_ops.txt"


def folder() -> Path:
    return Path(os.environ["TREADLE_TEST_SCRATCH"])


@op(out=Out(Nothing))
def write_header():
    (folder() / FILE).write_text("id,name\n")


@op(ins={"start": In(Nothing)}, out=Out(Nothing))
def write_rows():
    with (folder() / FILE).open("a") as file:
        file.write("1,ada\n")


@op(ins={"start": In(Nothing)})
def row_count() -> int:
    return len((folder() / FILE).read_text().splitlines()) - 1


@graph_asset
def written_rows():
    return row_count(start=write_rows(start=write_header()))
