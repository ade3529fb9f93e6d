"""An asset is computed by two ops; what lies between them is not an asset."""

from treadle import graph_asset, op


@op
def fetch_files():
    return ["a.txt", "b.pdf"]


@op
def store_names(files):
    return len(files)


@graph_asset(group_name="files", description="How many files there are.")
def file_table():
    return store_names(fetch_files())
