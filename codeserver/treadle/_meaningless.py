"""Options of blocks that some ways to make a block do not take: why, and what says it there.

All six (`asset`, `multi_asset`, `graph_asset`, `graph_multi_asset`, `from_graph`, `from_op`) take what is
in the one specification, but for these. A test holds this against their signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ONE_ASSET: Final = {
    "can_subset": "It makes one asset, of which no part can be selected: leave it out.",
    "outs": "It makes one asset: write key, metadata, io_manager_key… themselves, or use {several}.",
    "specs": "It makes one asset: use multi_asset(specs=[…]).",
    "group_names_by_output_name": "It makes one asset: write group_name.",
}
_EACH_OUT: Final = {
    "key": "It makes several assets: give each its own, outs={{name: AssetOut(key=…)}}.",
    "output_required": "It makes several assets: say it of each, outs={{name: AssetOut(is_required=False)}}.",
    "dagster_type": "It makes several assets: say it of each, outs={{name: AssetOut(dagster_type=…)}}.",
    "group_names_by_output_name": "Say it of each output: outs={{name: AssetOut(group_name=…)}}.",
}
_OF_AN_OP: Final = {
    "config": "It is one op, which reads its config: annotate an argument `config: MyConfig`.",
}
_OF_A_GRAPH: Final = {
    "config_schema": "A graph reads no config: give it to the ops, or config={{…}}, or a @config_mapping.",
    "specs": "The ops of a graph make the assets: name them with outs={{name: AssetOut(…)}}.",
}
_OF_A_FUNCTION: Final = {
    "partition_mappings": "Say it where the asset is read: ins={{name: AssetIn(partition_mapping=…)}}.",
}
_OF_A_NODE: Final = {
    "name": "What it is called, {node} says: {node}(name=…).",
    "key": "Write keys_by_output_name={{output: key}}.",
    "ins": "Write keys_by_input_name={{input: key}}.",
    "outs": "What is said of one output has its own: keys_by_output_name, metadata_by_output_name….",
    "specs": "Its outputs are the assets: write keys_by_output_name.",
    "description": "Write descriptions_by_output_name={{output: text}}.",
    "hooks": "Write hook_defs={{…}}: it is Dagster's name here.",
    "config": "It is of the node: @graph(config=…); an op annotates an argument `config: MyConfig`.",
    "config_schema": "It is of the op: @op(config_schema=…).",
    "output_required": "It is of the op's output: Out(is_required=False).",
    "dagster_type": "It is of the op's output: Out(dagster_type=…).",
}
#: By the way to make a block, and argument: what to write instead.
MEANINGLESS: Final[Mapping[str, Mapping[str, str]]] = {
    "asset": {
        **_ONE_ASSET,
        **_OF_AN_OP,
        **_OF_A_FUNCTION,
        "internal_asset_deps": "It makes one asset, for which all that it reads is needed: leave it out.",
    },
    "multi_asset": {**_EACH_OUT, **_OF_AN_OP, **_OF_A_FUNCTION},
    "graph_asset": {**_ONE_ASSET, **_OF_A_GRAPH, **_OF_A_FUNCTION},
    "graph_multi_asset": {**_EACH_OUT, **_OF_A_GRAPH, **_OF_A_FUNCTION},
    "from_graph": _OF_A_NODE,
    "from_op": _OF_A_NODE,
}
_WORDS: Final = {
    "asset": {"several": "multi_asset"},
    "graph_asset": {"several": "graph_multi_asset"},
    "from_graph": {"node": "@graph"},
    "from_op": {"node": "@op"},
}


def meaningless(label: str, argument: str) -> str | None:
    """Say what to write instead of an argument that a way to make a block does not take."""
    said = MEANINGLESS.get(label, {}).get(argument)
    return None if said is None else said.format(**_WORDS.get(label, {}))
