"""Values lie as pickles in a folder of the user's choice."""

import os

from treadle import Definitions, FilesystemIOManager, asset


@asset(io_manager_key="pickles")
def stored_pickle() -> dict[str, int]:
    return {"a": 1}


@asset(io_manager_key="pickles")
def read_pickle(stored_pickle: dict[str, int]) -> int:
    return stored_pickle["a"] + 1


defs = Definitions(
    assets=[stored_pickle, read_pickle],
    resources={
        "pickles": FilesystemIOManager(
            base_dir=os.path.join(os.environ["TREADLE_TEST_SCRATCH"], "pickles")
        )
    },
)
