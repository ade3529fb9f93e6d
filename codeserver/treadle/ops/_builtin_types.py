"""Dagster's names of Python's own types, for annotations, `In`, `Out` and `config_schema`."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple  # noqa: UP035 -- by the names that users import

__all__ = ["Any", "Bool", "Dict", "Float", "Int", "List", "Optional", "Set", "String", "Tuple"]

Bool = bool
Float = float
Int = int
String = str
