"""Descriptions: what is given, else the function's docstring."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any


def described(description: str | None, fn: Callable[..., Any]) -> str:
    """Return the description, or without one the docstring, "" if there is none."""
    if description is not None:
        return description
    if type(fn) is FunctionType and "\n" not in (fn.__doc__ or ""):
        return (fn.__doc__ or "").expandtabs().lstrip()
    from inspect import getdoc  # noqa: PLC0415 -- not what a start waits for

    return getdoc(fn) or ""
