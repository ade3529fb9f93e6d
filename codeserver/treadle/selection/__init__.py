"""The selection language: text to a frozen expression, and an expression to asset keys."""

from __future__ import annotations

from treadle.selection._beyond import Beyond, beyond
from treadle.selection._errors import (
    AmbiguousSelectionError,
    EmptySelectionError,
    SelectionError,
    SelectionSyntaxError,
    UnknownAssetError,
)
from treadle.selection._evaluation import AssetGraph, SelectableAsset, evaluate, select
from treadle.selection._expression import (
    And,
    End,
    Ends,
    Everything,
    Expression,
    Group,
    Key,
    Kind,
    Not,
    Or,
    Owner,
    Pattern,
    Reach,
    Tag,
    bare_reaches,
    union,
)
from treadle.selection._parser import parse

__all__ = [
    "AmbiguousSelectionError",
    "And",
    "AssetGraph",
    "Beyond",
    "EmptySelectionError",
    "End",
    "Ends",
    "Everything",
    "Expression",
    "Group",
    "Key",
    "Kind",
    "Not",
    "Or",
    "Owner",
    "Pattern",
    "Reach",
    "SelectableAsset",
    "SelectionError",
    "SelectionSyntaxError",
    "Tag",
    "UnknownAssetError",
    "bare_reaches",
    "beyond",
    "evaluate",
    "parse",
    "select",
    "union",
]
