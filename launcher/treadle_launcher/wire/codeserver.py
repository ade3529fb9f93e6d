"""codeserver.proto: what a launcher asks of a code server beside graphs and plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_api.parts import in_parts
from treadle_api.v1 import codeserver_pb2
from treadle_contract import codeserver, graph
from treadle_contract.codeserver import ImportScope
from treadle_contract.plan import Reexecution
from treadle_launcher.locations.launch_spec import (
    FileTarget,
    LaunchSpec,
    LaunchTarget,
    ModuleTarget,
)
from treadle_launcher.planning.manifest import CodeManifest


def launch_spec_of(spec: codeserver.LaunchSpec) -> LaunchSpec:
    """Return how a host is started."""
    is_known = spec.import_scope is not None and spec.import_scope.is_known
    return LaunchSpec(
        interpreter=spec.interpreter,
        working_directory=spec.working_directory,
        targets=tuple(map(_target, spec.targets)),
        environment=dict(spec.environment),
        digest=spec.digest,
        generation=spec.generation,
        core_digest=spec.core_digest,
        generator_states=spec.generator_states,
        import_timeout_ms=spec.import_timeout_ms,
        import_scope=spec.import_scope if spec.import_scope and is_known else ImportScope.PER_LOAD,
    )


def _target(target: codeserver.LaunchTarget) -> LaunchTarget:
    if target.module is not None:
        return ModuleTarget(name=target.module)
    return FileTarget(path=target.file or "")


def manifest_of(parts: Iterable[codeserver.GetManifestResponse]) -> CodeManifest:
    """Join a manifest from the parts of its stream."""
    found: dict[str, dict[str, str]] = {each: {} for each in graph.CodeManifest.__match_args__}
    for part in parts:
        for name, digests in found.items():
            entries: tuple[graph.NamedDigest, ...] = getattr(part.manifest, name, ())
            digests.update((entry.name, entry.digest) for entry in entries)
    return CodeManifest(**found)


def written_rerun(
    plan: codeserver.PlanRequest, asked: Reexecution, steps: Iterable[codeserver.EarlierStep]
) -> Iterator[codeserver_pb2.PlanReexecutionRequest]:
    """Return what a re-execution is planned from, in parts of at most 500 steps or 1 MiB."""
    whole = codeserver.PlanReexecutionRequest(
        plan=plan, reexecution=asked, earlier_steps=tuple(steps)
    )
    return in_parts(whole, codeserver_pb2.PlanReexecutionRequest)
