"""IO managers of every kind: input managers, folders, memory, and Treadle's own by another name."""

from __future__ import annotations

import os
from pathlib import Path

from treadle import (
    Definitions,
    FilesystemIOManager,
    In,
    InMemoryIOManager,
    asset,
    graph_asset,
    input_manager,
    op,
)

SCRATCH = os.environ["TREADLE_TEST_SCRATCH"]


@input_manager(config_schema={"text": str})
def said(context):
    assert context.upstream_output is None
    return f"{context.name}: {context.resource_config['text']}"


@op(ins={"note": In(str, input_manager_key="said")})
def with_note(number: int, note: str):
    return [number, note]


@asset(io_manager_key="files")
def number():
    return 5


@graph_asset
def noted(number):
    return with_note(number)


@asset(io_manager_key="own")
def kept(noted):
    return [*noted, "kept"]


@asset(io_manager_key="memory")
def remembered():
    return 1


defs = Definitions(
    assets=[number, noted, kept, remembered],
    resources={
        "said": said,
        "files": FilesystemIOManager(base_dir=str(Path(SCRATCH) / "files")),
        "own": FilesystemIOManager(),
        "memory": InMemoryIOManager(),
    },
)
