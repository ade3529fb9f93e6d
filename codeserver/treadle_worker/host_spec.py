"""The spec of a host, read from the descriptor that its launcher gave it."""

from __future__ import annotations

from treadle import _json as json
from treadle._system import open_file
from treadle.durability import Durability
from treadle_worker.messages import DEFAULT_LOG_LIMIT, HostSpec, StartMethod
from treadle_worker.wire.fields import JsonObject, children, integer, text, text_map, texts

_START_METHODS = {"fork": StartMethod.FORK, "spawn": StartMethod.SPAWN}


def read_spec(fd: int) -> HostSpec:
    """Read the spec and close the descriptor.

    Raises:
        WireError: a field is not what the launcher writes.
        ValueError: it is not JSON, or names a durability that is not known.
    """
    with open_file(fd, "rb") as stream:
        content: JsonObject = json.loads(stream.read())
    return HostSpec(
        host_id=text(content, "hostId"),
        tag=integer(content, "tag"),
        location=text(content, "location"),
        launcher_socket=text(content, "launcherSocket"),
        working_directory=text(content, "workingDirectory"),
        targets=tuple(
            text_map({"target": target}, "target") for target in children(content, "targets")
        ),
        digest=text(content, "digest"),
        files=text_map(content, "files"),
        core_digest=text(content, "coreDigest"),
        generator_states=texts(content, "generatorStates"),
        definitions=text_map(content, "definitions"),
        import_timeout_ms=integer(content, "importTimeoutMs"),
        values_root=text(content, "valuesRoot"),
        logs_root=text(content, "logsRoot"),
        journal=text(content, "journal"),
        served_socket=text(content, "servedSocket"),
        alive_fd=None if content.get("aliveFd") is None else integer(content, "aliveFd"),
        orphan_grace_ms=integer(content, "orphanGraceMs"),
        idle_grace_ms=integer(content, "idleGraceMs"),
        term_grace_ms=integer(content, "termGraceMs"),
        log_limit=integer(content, "logLimitBytes") or DEFAULT_LOG_LIMIT,
        start_method=_START_METHODS.get(text(content, "startMethod")),
        durability=Durability(text(content, "durability") or Durability.PROCESS),
    )
