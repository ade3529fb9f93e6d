"""What finds or makes code by its text, so that all files of the user's count: builtins, and modules."""

from __future__ import annotations

from typing import Final

BY_TEXT: Final = frozenset({"exec", "eval", "compile", "globals", "__import__", "__builtins__"})
"""Builtins that find or make code by its text: all files count."""
BY_TEXT_MODULES: Final = frozenset(
    [
        "importlib",
        "runpy",
        "pkgutil",
        "inspect",
        "builtins",
        "gc",
        "pickle",
        "cloudpickle",
        "dill",
        "shelve",
        "subprocess",
        "sys",
    ]
)
"""Modules that do."""
HARMLESS: Final = frozenset(
    {("importlib", "metadata"), ("importlib", "resources"), ("importlib.metadata", "")}
    | {
        ("sys", each)
        for each in [
            "version",
            "version_info",
            "platform",
            "maxsize",
            "byteorder",
            "stdout",
            "stderr",
            "argv",
            "exit",
        ]
    }
)
"""What of these modules finds no code."""
