"""The LaunchSpec: how a process that holds a location's code is started. Never shown to clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

from treadle_contract.codeserver import ImportScope
from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_launcher.planning.manifest import CodeManifest


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """A file to load, an absolute path."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleTarget:
    """A dotted module name to load."""

    name: str


LaunchTarget: TypeAlias = FileTarget | ModuleTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSpec:
    """How a host is started: the environment is that of the process, whole.

    It is left out of the text of this object, because it may hold secrets. `files` are the user's
    source files that the digest was taken over, module names to SHA-256, and `definitions` what
    else is in it, by name: as far as is known, so that a host can say what differs.
    `core_digest` is over what steps rest on alone. `generator_states`: of generators of random
    numbers, as the load left them.
    `generation` is the load that the plan was made of: a host of another one holds what was read
    at another moment. Specs that were recorded before there were generations have "".
    """

    interpreter: str
    working_directory: str
    targets: tuple[LaunchTarget, ...]
    digest: str
    import_timeout_ms: int
    environment: Mapping[str, str] = field(repr=False)
    generation: str = ""
    import_scope: ImportScope = ImportScope.PER_LOAD
    core_digest: str = ""
    generator_states: tuple[str, ...] = field(default=(), repr=False, compare=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    definitions: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def with_manifest(self, manifest: CodeManifest) -> Self:
        """Return the same with what the digest was taken over."""
        return replace(self, files=manifest.files, definitions=manifest.named)

    def for_run(self, run_id: RunId) -> Self:
        """Return the same for the hosts of one run: theirs alone if that is asked for."""
        if self.import_scope is ImportScope.PER_LOAD:
            return self
        return replace(self, generation=f"{self.generation}/{run_id}")

    def with_import_timeout(self, seconds: float | None) -> Self:
        """Return the same with another time for the import of a target; None: as it is."""
        if seconds is None:
            return self
        return replace(self, import_timeout_ms=int(seconds * 1000))
