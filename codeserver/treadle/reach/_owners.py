"""Whose a module is, and what is of it: the user's, an installed distribution's, the standard library's, ours."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Final

from treadle.locations import canonical
from treadle.reach._parts import sha256

OWN: Final = "treadle"


class Owners:
    """The user's modules that are imported, by name; `files` maps all of them to SHA-256 of their source."""

    def __init__(self, files: Mapping[str, str], distributions: Mapping[str, str]) -> None:
        self.files = files
        self._distributions = distributions
        self.modules = {
            name: module
            for name in files
            if isinstance(module := sys.modules.get(name), ModuleType)
        }
        self._by_globals = {id(vars(module)): name for name, module in self.modules.items()}

    def module_of(self, value: FunctionType | type) -> str:
        """Return the user's module that a function runs in, or a class is of; "": none of theirs."""
        if isinstance(value, FunctionType):
            return self._by_globals.get(id(value.__globals__), "")
        name = vars(type)["__module__"].__get__(value)
        return name if name in self.modules else ""

    def is_followed(self, fn: FunctionType) -> bool:
        """Tell whether a function is the user's, or may hold something of the user's."""
        if self.module_of(fn):
            return True
        is_own = (fn.__module__ or "").partition(".")[0] == OWN
        return not is_own and bool(fn.__closure__ or "__wrapped__" in vars(fn))

    def user_module(self, value: ModuleType) -> str:
        """Return the name of a module of the user's; "": it is none."""
        return self._by_globals.get(id(vars(value)), "")

    def foreign(self, module: str, name: str = "") -> str:
        """Describe what is of an installed distribution or the standard library: by its version."""
        top = module.partition(".")[0]
        return canonical.write(["foreign", module, name, self._version(top)])

    def _version(self, top: str) -> str:
        if not top or top == OWN or top.startswith(f"{OWN}_") or top in sys.stdlib_module_names:
            return ""
        found = self._distributions.get(top.lower().replace("_", "-"), "")
        if not found:
            said = vars(sys.modules[top]).get("__version__") if top in sys.modules else None
            found = (
                said if isinstance(said, str) else sha256(repr(sorted(self._distributions.items())))
            )
        return found
