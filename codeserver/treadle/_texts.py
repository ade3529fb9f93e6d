"""Descriptions: what is given, else the function's docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def described(description: str | None, fn: Callable[..., Any]) -> str:
    """Return the description, or without one the docstring, "" if there is none."""
    return description if description is not None else inspect.getdoc(fn) or ""
