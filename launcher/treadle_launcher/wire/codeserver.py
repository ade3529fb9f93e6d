"""codeserver.proto: what a launcher asks of a code server beside graphs and plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_api.parts import in_parts
from treadle_api.v1 import codeserver_pb2
from treadle_contract import codeserver, graph
from treadle_contract.codeserver import ImportScope
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
    names = (each for each in graph.CodeManifest.__match_args__ if each != "reached")
    found: dict[str, dict[str, str]] = {each: {} for each in names}
    reached: dict[str, graph.ReachedCode] = {}
    for part in parts:
        for name, digests in found.items():
            entries: tuple[graph.NamedDigest, ...] = getattr(part.manifest, name, ())
            digests.update((entry.name, entry.digest) for entry in entries)
        if part.manifest is not None:
            reached.update((each.step_key, each) for each in part.manifest.reached)
    return CodeManifest(**found, reached=reached)


def written_turn(
    whole: codeserver.PlanOnRecordRequest,
) -> Iterator[codeserver_pb2.PlanOnRecordRequest]:
    """Return what is said at once, in parts of at most 500 items or 1 MiB; the last says so."""
    parts = in_parts(whole, codeserver_pb2.PlanOnRecordRequest)
    before = next(parts)
    for part in parts:
        yield before
        before = part
    before.last = True
    yield before
