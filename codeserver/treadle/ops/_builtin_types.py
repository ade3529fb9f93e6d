"""Dagster's names of Python's own types, for annotations, `In`, `Out` and `config_schema`."""

from __future__ import annotations

from typing import Any

__all__ = ["Any", "Bool", "Float", "Int", "String"]

Bool = bool
Float = float
Int = int
String = str
