"""The ids of the contract, each a type of its own so that two are never mixed up."""

from __future__ import annotations

from typing import NewType

RunId = NewType("RunId", str)
"""26 characters, sortable by the time of submission."""

StepKey = NewType("StepKey", str)
"""The dotted path of node names: `my_graph.foo`."""

AssetKey = NewType("AssetKey", str)
"""The components of an asset's key, joined by "/"."""
