"""The selection language: text to a frozen expression, and an expression to asset keys."""

from __future__ import annotations

from treadle.selection._beyond import Beyond, beyond
from treadle.selection._checks import SelectableCheck
from treadle.selection._errors import (
    AmbiguousSelectionError,
    EmptySelectionError,
    SelectionError,
    SelectionSyntaxError,
    UnknownAssetError,
)
from treadle.selection._evaluation import (
    AssetGraph,
    SelectableAsset,
    evaluate,
    select,
    select_checks,
    select_observed,
)
from treadle.selection._explained import (
    AssetReason,
    CheckReason,
    explain_assets,
    explain_checks,
)
from treadle.selection._expression import (
    And,
    Check,
    ChecksOf,
    End,
    Ends,
    Everything,
    Expression,
    Group,
    InBlock,
    InGraph,
    Key,
    Kind,
    Not,
    Or,
    Owner,
    Pattern,
    Reach,
    Tag,
    WithoutChecks,
    bare_reaches,
    older_meaning,
    union,
)
from treadle.selection._parser import parse
from treadle.selection._places import select_op_jobs

__all__ = [
    "AmbiguousSelectionError",
    "And",
    "AssetGraph",
    "AssetReason",
    "Beyond",
    "Check",
    "CheckReason",
    "ChecksOf",
    "EmptySelectionError",
    "End",
    "Ends",
    "Everything",
    "Expression",
    "Group",
    "InBlock",
    "InGraph",
    "Key",
    "Kind",
    "Not",
    "Or",
    "Owner",
    "Pattern",
    "Reach",
    "SelectableAsset",
    "SelectableCheck",
    "SelectionError",
    "SelectionSyntaxError",
    "Tag",
    "UnknownAssetError",
    "WithoutChecks",
    "bare_reaches",
    "beyond",
    "evaluate",
    "explain_assets",
    "explain_checks",
    "older_meaning",
    "parse",
    "select",
    "select_checks",
    "select_observed",
    "select_op_jobs",
    "union",
]
