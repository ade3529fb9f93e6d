"""Late imports: a step that imports a user file other than the one that was planned is stopped."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from treadle._system import hashlib, read_bytes


class StaleCodeError(ImportError):
    """A file changed after the run was planned; the module is not imported."""


class LateImports:
    """A meta-path finder before all others. It finds what they find, if that is as planned.

    `files` is the manifest's: SHA-256 of source files by module name. A module that it does
    not name is left to the others.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self.changed: list[str] = []

    def install(self) -> None:
        """Look at every import from now on."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find the module where the other finders do.

        Raises:
            StaleCodeError: its file has another content than the digest was taken over.
        """
        expected = self._files.get(fullname)
        if expected is None:
            return None
        spec = self._found(fullname, path, target)
        if spec is None or not spec.has_location or not spec.origin:
            return spec
        try:
            content = read_bytes(spec.origin)
        except OSError:
            return spec
        if hashlib.sha256(content).hexdigest() != expected:
            self.changed.append(fullname)
            raise StaleCodeError(
                f"{spec.origin} changed after the run was planned", name=fullname, path=spec.origin
            )
        return spec

    def _found(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            if finder is not self:
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    return spec
        return None
