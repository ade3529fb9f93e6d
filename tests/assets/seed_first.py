"""The seed's first sections: a table made by two ops, and one graph that powers two assets."""

from __future__ import annotations

from treadle import (
    AssetKey,
    AssetsDefinition,
    Definitions,
    GraphOut,
    ResourceParam,
    graph,
    graph_asset,
    op,
)


class Slack:
    """What lists files, and what a table is written to."""

    def __init__(self, files):
        self.files = files


@op
def fetch_files_from_slack(slack: ResourceParam[Slack]):
    return [{"id": number, "title": title} for number, title in enumerate(slack.files)]


@op
def store_files(files):
    return len(files)


@graph_asset
def slack_files_table():
    return store_files(fetch_files_from_slack())


@op
def counted(names):
    return len(names)


@op
def doubled(number):
    return 2 * number


@graph(out=GraphOut())
def twice_as_many(names):
    return doubled(counted(names))


@op
def words():
    return ["one", "two", "three"]


named = AssetsDefinition.from_op(words, keys_by_output_name={"result": AssetKey("words")})

powered = [
    AssetsDefinition.from_graph(
        twice_as_many,
        keys_by_input_name={"names": AssetKey(source)},
        keys_by_output_name={"result": AssetKey(key)},
    )
    for source, key in (("words", "of_words"), ("slack_names", "of_names"))
]


@graph_asset
def slack_names():
    return fetch_files_from_slack()


defs = Definitions(
    assets=[slack_files_table, slack_names, named, *powered],
    resources={"slack": Slack(["plan", "notes"])},
)
