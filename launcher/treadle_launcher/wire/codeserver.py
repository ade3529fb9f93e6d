"""codeserver.proto: what a launcher asks of a code server beside graphs and plans."""

from __future__ import annotations

from collections.abc import Iterable

from treadle_api.v1 import codeserver_pb2
from treadle_launcher.launch_spec import (
    FileTarget,
    ImportScope,
    LaunchSpec,
    LaunchTarget,
    ModuleTarget,
)
from treadle_launcher.manifest import CodeManifest
from treadle_launcher.wire.enums import EnumCodec

_IMPORT_SCOPES = EnumCodec(ImportScope, codeserver_pb2.ImportScope, "IMPORT_SCOPE")


def decode_launch_spec(message: codeserver_pb2.LaunchSpec) -> LaunchSpec:
    """Read how a host is started."""
    return LaunchSpec(
        interpreter=message.interpreter,
        working_directory=message.working_directory,
        targets=tuple(_decode_target(target) for target in message.targets),
        environment=dict(message.environment),
        digest=message.digest,
        generation=message.generation,
        core_digest=message.core_digest,
        generator_states=tuple(message.generator_states),
        import_timeout_ms=message.import_timeout_ms,
        import_scope=_IMPORT_SCOPES.decode(message.import_scope) or ImportScope.PER_LOAD,
    )


def _decode_target(message: codeserver_pb2.LaunchTarget) -> LaunchTarget:
    if message.WhichOneof("target") == "module":
        return ModuleTarget(name=message.module)
    return FileTarget(path=message.file)


def decode_manifest(parts: Iterable[codeserver_pb2.GetManifestResponse]) -> CodeManifest:
    """Read a manifest from the parts of its stream."""
    ops: dict[str, str] = {}
    files: dict[str, str] = {}
    distributions: dict[str, str] = {}
    definitions: dict[str, str] = {}
    details: dict[str, str] = {}
    for part in parts:
        ops.update((entry.name, entry.digest) for entry in part.manifest.ops)
        files.update((entry.name, entry.digest) for entry in part.manifest.files)
        distributions.update((entry.name, entry.digest) for entry in part.manifest.distributions)
        definitions.update((entry.name, entry.digest) for entry in part.manifest.definitions)
        details.update((entry.name, entry.digest) for entry in part.manifest.details)
    return CodeManifest(
        ops=ops,
        files=files,
        distributions=distributions,
        definitions=definitions,
        details=details,
    )
