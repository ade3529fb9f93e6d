"""codeserver.proto: the manifest and the launch spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from treadle.snapshot import Snapshot
from treadle_api.v1 import codeserver_pb2, graph_pb2
from treadle_codeserver.launch_spec import LaunchSpec
from treadle_codeserver.targets import FileTarget, ImportScope, Target
from treadle_codeserver.wire.parts import in_parts

_IMPORT_SCOPES = {
    ImportScope.PER_LOAD: codeserver_pb2.IMPORT_SCOPE_PER_LOAD,
    ImportScope.PER_RUN: codeserver_pb2.IMPORT_SCOPE_PER_RUN,
}


def encode_manifest(snapshot: Snapshot) -> Iterator[codeserver_pb2.GetManifestResponse]:
    """Encode what the snapshot's digest is made of, in parts."""
    manifest = snapshot.manifest
    parts = in_parts(
        graph_pb2.CodeManifest(),
        [
            ("ops", _named(manifest.ops)),
            ("files", _named(manifest.files)),
            ("distributions", _named(manifest.distributions)),
            ("definitions", _named(manifest.definitions)),
            ("details", _named(manifest.details)),
        ],
    )
    for part in parts:
        yield codeserver_pb2.GetManifestResponse(digest=snapshot.digest, manifest=part)


def encode_launch_spec(spec: LaunchSpec) -> codeserver_pb2.LaunchSpec:
    """Encode how a host is started."""
    command = spec.command
    return codeserver_pb2.LaunchSpec(
        interpreter=str(command.interpreter),
        working_directory=str(command.working_directory),
        targets=[_encode_target(target) for target in command.targets],
        environment=spec.environment,
        digest=spec.digest,
        generation=spec.generation,
        generator_states=spec.generator_states,
        core_digest=spec.core_digest,
        import_timeout_ms=round(command.import_timeout * 1000),
        import_scope=_IMPORT_SCOPES[command.import_scope],
    )


def _named(digests: Mapping[str, str]) -> Iterable[graph_pb2.NamedDigest]:
    for name in sorted(digests):
        yield graph_pb2.NamedDigest(name=name, digest=digests[name])


def _encode_target(target: Target) -> codeserver_pb2.LaunchTarget:
    if isinstance(target, FileTarget):
        return codeserver_pb2.LaunchTarget(file=str(target.path))
    return codeserver_pb2.LaunchTarget(module=target.module)
