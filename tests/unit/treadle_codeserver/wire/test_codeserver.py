from __future__ import annotations

from pathlib import Path

from treadle.snapshot import Manifest, Snapshot
from treadle_api.v1 import codeserver_pb2, graph_pb2
from treadle_codeserver.launch_spec import LaunchSpec
from treadle_codeserver.targets import FileTarget, ImportScope, LoadCommand, ModuleTarget
from treadle_codeserver.wire.codeserver import encode_launch_spec, encode_manifest


def test_a_launch_spec_is_encoded_whole() -> None:
    command = LoadCommand(
        interpreter=Path("/python"),
        working_directory=Path("/w"),
        targets=(ModuleTarget(module="a.b"), FileTarget(path=Path("/c.py"))),
        import_timeout=1.5,
        import_scope=ImportScope.PER_RUN,
    )

    message = encode_launch_spec(
        LaunchSpec(
            command=command,
            digest="d",
            core_digest="c",
            generation="g",
            generator_states=("e",),
            environment={"A": "1"},
        )
    )

    assert message == codeserver_pb2.LaunchSpec(
        interpreter="/python",
        working_directory="/w",
        targets=[
            codeserver_pb2.LaunchTarget(module="a.b"),
            codeserver_pb2.LaunchTarget(file="/c.py"),
        ],
        environment={"A": "1"},
        digest="d",
        core_digest="c",
        generation="g",
        generator_states=["e"],
        import_timeout_ms=1500,
        import_scope=codeserver_pb2.IMPORT_SCOPE_PER_RUN,
    )


def test_a_manifest_comes_in_parts_that_all_name_the_digest() -> None:
    manifest = Manifest(
        ops={"op": "1"},
        files={f"{index:04}": "2" for index in range(500)},
        distributions={"numpy": "2.0"},
        definitions={"b": "3"},
    )

    parts = list(encode_manifest(Snapshot(digest="d", manifest=manifest)))

    assert [part.digest for part in parts] == ["d", "d"]
    assert list(parts[0].manifest.ops) == [graph_pb2.NamedDigest(name="op", digest="1")]
    files = [entry.name for part in parts for entry in part.manifest.files]
    assert files == sorted(manifest.files)
    assert parts[1].manifest.distributions[0].digest == "2.0"
    assert parts[1].manifest.definitions[0].name == "b"


def test_an_empty_manifest_still_names_the_digest() -> None:
    (part,) = encode_manifest(Snapshot(digest="d"))

    assert part.digest == "d"
